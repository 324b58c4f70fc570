"""The search attributes that an installation needs in Temporal (design.md §6 rule 11).

Temporal is imported by the function that uses it (the rule of `stagemark.bootstrap`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagemark.errors import Unavailable

if TYPE_CHECKING:
    from temporalio.client import Client

__all__ = ["ensure_search_attributes"]


async def ensure_search_attributes(client: Client) -> None:
    """Create the search attributes that are missing (design.md §6 rule 11).

    Raises:
        Unavailable: `search_attribute_missing`, where we may not create them, with the command that does.
    """
    from temporalio.api.enums.v1 import IndexedValueType
    from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
    from temporalio.service import RPCError, RPCStatusCode

    from stagemark.contracts.names import SEARCH_ATTRIBUTES
    from stagemark.transport import creating, fault

    namespace = client.namespace
    try:
        known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
        missing = [key.name for key in SEARCH_ATTRIBUTES if key.name not in known.custom_attributes]
        kinds = dict.fromkeys(missing, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=namespace, search_attributes=kinds)
            )
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:  # somebody else was faster
            return
        denied = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.UNAUTHENTICATED)
        if error.status in denied:
            raise Unavailable.of(
                "search_attribute_missing", namespace=namespace, why=error.message, command=creating(namespace)
            ) from error
        raise fault(error, client) from error
