"""Which roles need a second step."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import done
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.staff.forms import SecondStepRulesForm
from campaign.gateway_registry import current_context
from campaign.services.staff import second_step_rules as rules


@bp.get("/people/second-step")
def second_step_rules() -> ResponseReturnValue:
    """The roles, and whether each needs a second step."""
    return _page(
        SecondStepRulesForm(
            formdata=None, data={"roles": rules.roles_with_second_step(is_development=_is_development())}
        )
    )


@bp.post("/people/second-step")
def set_second_step_rules() -> ResponseReturnValue:
    """Set which roles need one; whoever lacks theirs is led to its set-up at their next request."""
    form = SecondStepRulesForm()
    if not form.validate():
        return _page(form), form.status
    clock = current_context().clock
    rules.set_roles_with_second_step(
        form.roles.data, actor_id=person().id, is_development=_is_development(), clock=clock
    )
    return done(_("The roles that need a second step have been saved."), "admin.people")


def _is_development() -> bool:
    return bool(current_app.config["KURAK"].is_development)


def _page(form: SecondStepRulesForm) -> str:
    return render_template("admin/staff/second_step.html", form=form)
