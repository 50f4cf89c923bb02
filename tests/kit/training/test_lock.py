"""The lock of a model is fair and re-entrant."""

import threading

import pytest

from kit.training.lock import FairLock


def test_who_waits_gets_it_before_the_last_owner_again(until) -> None:
    lock, order = FairLock(), []

    def wait() -> None:
        with lock:
            order.append("waiter")

    thread = threading.Thread(target=wait)
    with lock:
        thread.start()
        until(lock._turnstile.locked)
    with lock:
        order.append("owner")
    thread.join()
    assert order == ["waiter", "owner"]


def test_an_owner_in_a_tight_loop_starves_nobody(until) -> None:
    lock, stop, passes = FairLock(), threading.Event(), []

    def hold() -> None:
        while not stop.is_set():
            with lock:
                passes.append(1)

    thread = threading.Thread(target=hold)
    thread.start()
    for _ in range(200):
        before = len(passes)
        with lock:
            pass
        assert len(passes) - before < 100_000
    stop.set()
    thread.join()


def test_the_owner_may_take_it_again_even_while_another_waits(until) -> None:
    lock = FairLock()
    thread = threading.Thread(target=lambda: lock.__enter__() or lock.__exit__(None, None, None))
    with lock:
        thread.start()
        until(lock._turnstile.locked)
        with lock, lock:
            pass
    thread.join(60)
    assert not thread.is_alive()


def test_an_error_inside_gives_it_back() -> None:
    lock = FairLock()
    with pytest.raises(KeyError), lock:
        raise KeyError
    thread = threading.Thread(target=lambda: lock.__enter__() or lock.__exit__(None, None, None))
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_one_thread_at_a_time_is_inside() -> None:
    lock, inside, most = FairLock(), [], []

    def work() -> None:
        for _ in range(300):
            with lock:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 1200
