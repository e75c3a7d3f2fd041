"""`/v1/auth`: signing in, devices, tokens, provider keys, the audit log."""

from asterism.faces.v1.auth import api_keys, device, devices, me, root, tokens

MODULES = (root, me, device, devices, tokens, api_keys)
