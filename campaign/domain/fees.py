"""What a payment costs, and what to add so that the gift arrives whole."""

from dataclasses import dataclass

from campaign.domain.money import Money, currency


@dataclass(frozen=True, slots=True)
class FeeModel:
    """An estimate of the provider's fee: a share in basis points of the charge and a fixed part in minor units."""

    basis_points: int
    fixed_minor: int

    def fee_on(self, charge: Money) -> Money:
        """The fee on a charge of this size, rounded up: an estimate should not fall short."""
        return Money(-(-charge.minor * self.basis_points // 10_000) + self.fixed_minor, charge.currency)


def cover_for(gift: Money, model: FeeModel) -> Money:
    """The least amount to add so that at least `gift` is left after the fee on the sum (gross-up).

    The result keeps to the currency's step, so the charge is one that the networks take.
    """
    step = currency(gift.currency).step
    charge_minor = -(-(gift.minor + model.fixed_minor) * 10_000 // (10_000 - model.basis_points))
    charge_minor = -(-charge_minor // step) * step
    while charge_minor - model.fee_on(Money(charge_minor, gift.currency)).minor < gift.minor:
        charge_minor += step
    return Money(charge_minor - gift.minor, gift.currency)
