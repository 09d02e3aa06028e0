"""onnxruntime, kept from reporting home.

On its first import it opens a database in the user's folder and notes there what it is to report of
the machine and its use, unless the environment says no before. So it is imported from here alone.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime as ort

__all__ = ["ort"]
