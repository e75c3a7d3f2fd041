"""`/v1/conversations/:conversationId`: deployments and their logs (Fastest 8.2, 10.5)."""

import msgspec

from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire_conversations import ConversationProject
from asterism.faces.v1.wire_deployments import DeploymentBegun, DeploymentLog, LogAnswer
from asterism.features.operations import deployments
from asterism.features.operations.deployments import NoSnapshot, NotApproved, UnknownDeployment
from asterism.features.talk import conversations
from asterism.features.talk.conversations import UnknownConversation, events
from asterism.features.versions.storage import BlobsMissing

PATH = "/v1/conversations/{conversation_id:str}"


class ConversationDeployments(msgspec.Struct, rename="camel"):
    """Deployments that a conversation named, oldest first."""

    deployments: list[events.ConversationDeployment]
    project_info: ConversationProject


@get(f"{PATH}/deployments", errors=(UnknownConversation,))
def listing(call: Call, conversation_id: str) -> ConversationDeployments:
    """GET /v1/conversations/:conversationId/deployments: what was deployed from here, oldest first."""
    found = deployments.list_of_conversation(call.tx, call.caller, conversation_id)
    info = conversations.read_project_info(call.tx, call.rt.blobs, call.caller, conversation_id)
    return ConversationDeployments([deployments.shown(one) for one in found], ConversationProject.of(info))


@post(f"{PATH}/deploy", errors=(UnknownConversation, NoSnapshot, BlobsMissing, NotApproved))
async def deploy(call: Call, conversation_id: str) -> DeploymentBegun:
    """POST /v1/conversations/:conversationId/deploy: deploy the working tree."""
    return DeploymentBegun.of(await call.rt.deployments.deploy_conversation(call.caller, conversation_id))


@get(f"{PATH}/deployments/{{deployment_id:str}}/logs", errors=(UnknownConversation, UnknownDeployment))
def logs(call: Call, conversation_id: str, deployment_id: str) -> LogAnswer:
    """GET /v1/conversations/:conversationId/deployments/:deploymentId/logs: what it said so far."""
    found = deployments.read_log(call.tx, call.caller, deployment_id, conversation_id)
    return LogAnswer(DeploymentLog.of(found))
