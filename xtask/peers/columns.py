"""The columns of Asana.Audit, typed as Margay types them, so that no peer spends time on guessing."""

ACTOR = ("actor_type", "email", "gid", "name")
CONTEXT = (
    "api_authentication_method",
    "client_ip_address",
    "context_type",
    "oauth_app_name",
    "user_agent",
    "rule_name",
)
RESOURCE = ("email", "gid", "name", "resource_subtype", "resource_type")


def duckdb_columns() -> str:
    """Returns the columns as DuckDB's reader takes them."""

    def struct(names: tuple[str, ...], more: str = "") -> str:
        return "STRUCT(" + ", ".join(f'"{name}" VARCHAR' for name in names) + more + ")"

    types = {
        "gid": "VARCHAR",
        "created_at": "TIMESTAMP",
        "event_type": "VARCHAR",
        "event_category": "VARCHAR",
        "actor": struct(ACTOR),
        "context": struct(CONTEXT, ", on_behalf_of_user_id BIGINT"),
        "details": "JSON",
        "resource": struct(RESOURCE),
    }
    return "{" + ", ".join(f"{name}: '{type_}'" for name, type_ in types.items()) + "}"
