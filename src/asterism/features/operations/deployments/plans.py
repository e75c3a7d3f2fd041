"""The plan of a deployment: what detection and settings came to, kept so that it can be repeated. Pure."""

import hashlib
import json
from dataclasses import replace

from asterism.features.operations.deployments.models import Plan
from asterism.features.operations.detection import Requirements, Runtime


def plan_of(needs: Requirements) -> Plan:
    """Return the plan of requirements."""
    wanted = [f"database:{database}" for database in needs.databases]
    if needs.needs_storage:
        wanted.append("storage:blob")
    recipe = needs.recipe
    return Plan(needs.runtime, recipe.build, recipe.start, tuple(sorted(wanted)), "rules")


def plan_hash(plan: Plan) -> str:
    """Return the SHA-256 of the plan's members in canonical JSON: keys sorted, no blanks."""
    members = {name: getattr(plan, name) for name in Plan.__struct_fields__}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def requirements_of(plan: Plan, found: Requirements) -> Requirements:
    """Return what a tree needs with what an older plan says instead."""
    output = found.recipe.output if plan.start == found.recipe.start else None
    recipe = replace(found.recipe, build=plan.build, start=plan.start, output=output)
    runtime = None if plan.runtime is None else Runtime(plan.runtime)
    return replace(found, runtime=runtime, recipe=recipe)
