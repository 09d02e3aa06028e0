"""A reader who solves for what is hidden, from everything that is published of a survey.

``attack(sample, publisher, policy, protects)`` takes all tables that a publisher gives of a survey,
and solves for every small number (`attacking`); `failures` tells in plain words what was narrowed,
and from which figures. Surveys come from ``make_sample(random_plan(seed))``. By hand, and longer::

    python -m tests.service.counts.attack --surveys 5000 --seed 1
"""
