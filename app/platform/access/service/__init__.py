"""Use cases on people, roles, departments, accounts and sessions."""

from app.platform.access.service.account import accept_invitation, change_password, end_own_sessions, set_preferences
from app.platform.access.service.departments import (
    close_department,
    create_department,
    reopen_department,
    update_department,
)
from app.platform.access.service.guards import LastAdmin, OwnRights
from app.platform.access.service.people import (
    create_user,
    deactivate_user,
    invite_user,
    reactivate_user,
    set_departments,
    set_roles,
    update_user,
)
from app.platform.access.service.revoking import revoke_link
from app.platform.access.service.roles import RoleInUse, create_role, delete_role, update_grants, update_role
from app.platform.access.service.second_factor import FactorRequired, OwnFactor, offer_factor, remove_factor
from app.platform.access.service.sessions import end_session, end_sessions_of, sign_out
from app.platform.access.service.signing_in import WrongCredentials, record_refusal

__all__ = [
    "FactorRequired",
    "LastAdmin",
    "OwnFactor",
    "OwnRights",
    "RoleInUse",
    "WrongCredentials",
    "accept_invitation",
    "change_password",
    "close_department",
    "create_department",
    "create_role",
    "create_user",
    "deactivate_user",
    "delete_role",
    "end_own_sessions",
    "end_session",
    "end_sessions_of",
    "invite_user",
    "offer_factor",
    "reactivate_user",
    "record_refusal",
    "remove_factor",
    "reopen_department",
    "revoke_link",
    "set_departments",
    "set_preferences",
    "set_roles",
    "sign_out",
    "update_department",
    "update_grants",
    "update_role",
    "update_user",
]
