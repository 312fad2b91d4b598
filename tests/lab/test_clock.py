"""The two clocks of a run."""

import pytest

from crm_contracts.lab.clock import Clock


class Stopped(Clock):
    __slots__ = ("at",)

    def __init__(self) -> None:
        super().__init__()
        self.at = 100.0
        self.stamp = lambda: self.at


def test_advance_moves_the_crm_alone() -> None:
    """Real stamps go on as before; the CRM's two times jump."""
    clock = Stopped()
    wall = clock.wall()
    clock.advance(3600)
    assert clock.stamp() == 100.0
    assert clock.now() == 3700.0
    assert clock.wall() - wall == pytest.approx(3600, abs=5)


def test_moments_of_the_crm_become_real_stamps() -> None:
    """Moments before a jump stay, moments that it passed over came at the jump, later ones come so much earlier."""
    clock = Stopped()
    assert clock.real(150.0) == 150.0
    clock.at = 110.0
    clock.advance(1000)
    assert clock.real(105.0) == 105.0
    assert clock.real(600.0) == 110.0
    assert clock.real(1120.0) == 120.0
    clock.at = 130.0
    clock.advance(50)
    assert clock.real(1120.0) == 120.0
    assert clock.real(1150.0) == 130.0
    assert clock.real(1190.0) == 140.0
