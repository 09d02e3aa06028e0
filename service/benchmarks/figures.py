"""What the benchmarks find: numbers, which are rendered elsewhere."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UploadFigures(_Figures):
    """How a large file is taken in.

    Attributes:
        database: Kind of database.
        rows: Rows of the file.
        megabytes: Its size.
        seconds_until_accepted: From the first byte sent to the answer.
        peak_memory: Most memory the service's process held until then, in MiB.
        accepted: New responses, as answered.
        duplicate: Rows that were there before, as answered.
        rejected: Rows that could not be read, as answered.
        adds_up: Whether these are what was put in the file, and together all its rows.
        comments: Comments stored.
        seconds_until_tagged: From the first byte sent to the last comment tagged, where waited for.
    """

    database: str
    rows: int
    megabytes: float
    seconds_until_accepted: float
    peak_memory: int | None
    accepted: int
    duplicate: int
    rejected: int
    adds_up: bool
    comments: int
    seconds_until_tagged: float | None


class LatencyFigures(_Figures):
    """How long one comment takes when requests come at a steady rate.

    A request is timed from the moment it was due, so that one which holds up the next ones counts
    in each of them.

    Attributes:
        requests: Requests sent.
        per_second: Requests a second.
        p50: Median, in milliseconds.
        p99: 99th percentile, in milliseconds.
        worst: Longest, in milliseconds.
        failures: Requests that were not answered with 200.
    """

    requests: int
    per_second: float
    p50: float
    p99: float
    worst: float
    failures: int


class CrowdFigures(_Figures):
    """What many clients at once get.

    Attributes:
        clients: Clients, each of which asks again as soon as it is answered.
        seconds: How long they ask.
        requests: Requests sent.
        answered: Those answered with 200.
        turned_away: Those answered with 503 and told when to come again.
        failures: All others.
        comments: Comments tagged in all answers.
        different: Of these, those that `Tagger.tag` answers otherwise.
    """

    clients: int
    seconds: float
    requests: int
    answered: int
    turned_away: int
    failures: int
    comments: int
    different: int


class KillFigures(_Figures):
    """What is left after the service and its workers were killed again and again.

    Attributes:
        database: Kind of database.
        kills: How often all of them were killed.
        while_uploading: Of these, kills in the middle of an upload.
        while_tagging: Of these, kills while comments waited to be tagged.
        acknowledged: Responses that were acknowledged.
        missing: Comments of acknowledged responses that are not there.
        doubled: Comments that are there more than once.
        strange: Comments that nobody sent.
        comments: Comments that are there.
        untagged: Comments without a status at the end.
        doubled_tags: Comments with a theme twice.
        different: Comments that `Tagger.tag` answers otherwise.
    """

    database: str
    kills: int
    while_uploading: int
    while_tagging: int
    acknowledged: int
    missing: int
    doubled: int
    strange: int
    comments: int
    untagged: int
    doubled_tags: int
    different: int

    @property
    def is_whole(self) -> bool:
        """Whether every acknowledged response is there once and tagged once."""
        wrong = (self.missing, self.doubled, self.strange, self.untagged, self.doubled_tags)
        return not any(wrong)


class CountsFigures(_Figures):
    """How long it takes to count a survey that is tagged already.

    Attributes:
        database: Kind of database.
        responses: Responses of the survey.
        seconds_to_write: For writing it straight into the store.
        seconds_to_prepare: For what a worker works out for counts when all is tagged.
        seconds_to_read: For reading that, in a new process.
        seconds_to_count: For exact counts by one characteristic.
        seconds_for_table: For the first protected table by it, with reading.
        seconds_for_table_again: For the next one, while what was read is kept in memory.
        rows: Rows of the table.
        peak_memory: Most memory the process that counted held, in MiB.
    """

    database: str
    responses: int
    seconds_to_write: float
    seconds_to_prepare: float
    seconds_to_read: float
    seconds_to_count: float
    seconds_for_table: float
    seconds_for_table_again: float
    rows: int
    peak_memory: int | None


class PageTime(_Figures):
    """How long a page takes, from the request to the whole of its answer, on this computer.

    Attributes:
        path: Its address.
        first: For the first time since the service started, in milliseconds.
        usual: Median of the times after it.
    """

    path: str
    first: float
    usual: float


class PageFigures(_Figures):
    """How long each page takes over a survey.

    Attributes:
        database: Kind of database.
        responses: Responses of the survey.
        pages: The pages, in the order in which they were asked for.
    """

    database: str
    responses: int
    pages: tuple[PageTime, ...]


class SharingFigures(_Figures):
    """What a second worker adds, and beside it a second process of bare products.

    Each process has one thread. One and two take turns, several times; of what they did, and of
    what the second added, it is the median.

    Attributes:
        database: Kind of database, which all workers share.
        comments: Comments of a turn.
        turns: Turns of each.
        one_worker: Comments a second of one worker.
        two_workers: Comments a second of two.
        second_adds: What two do in the time that one does one.
        largest_share: Most that one of two workers did of a turn's comments, as a share.
        one_product: Bare products a second of one process.
        two_products: Bare products a second of two.
        second_product_adds: What two do in the time that one does one.
    """

    database: str
    comments: int
    turns: int
    one_worker: float
    two_workers: float
    second_adds: float
    largest_share: float
    one_product: float
    two_products: float
    second_product_adds: float

    @property
    def adds_enough(self) -> bool:
        """Whether a second worker adds at least what a second process of bare products does."""
        return self.second_adds >= self.second_product_adds


class ServiceFigures(_Figures):
    """What one run found; a part that was not asked for is empty.

    Attributes:
        model: The model that tagged.
        upload: A large file.
        latency: One comment at a time.
        crowd: Many clients at once.
        kill: Killed again and again, by database.
        counts: Counting many responses, by database and number.
        pages: Each page over many responses, by database.
        sharing: What a second worker adds.
    """

    model: str
    upload: UploadFigures | None = None
    latency: LatencyFigures | None = None
    crowd: CrowdFigures | None = None
    kill: tuple[KillFigures, ...] = ()
    counts: tuple[CountsFigures, ...] = ()
    pages: tuple[PageFigures, ...] = ()
    sharing: SharingFigures | None = None
