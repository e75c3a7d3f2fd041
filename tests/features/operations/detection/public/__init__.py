"""Trees as in public example repositories of hosts and frameworks, cut down to the files that matter.

What each should come to is what its project documents: the commands of its README or of its host's documentation.
"""

from tests.features.operations.detection.public.compiled import COMPILED
from tests.features.operations.detection.public.mixed import MIXED
from tests.features.operations.detection.public.mixed_again import MIXED_AGAIN
from tests.features.operations.detection.public.mixed_last import MIXED_LAST
from tests.features.operations.detection.public.mixed_more import MIXED_MORE
from tests.features.operations.detection.public.node_servers import NODE_SERVERS
from tests.features.operations.detection.public.node_sites import NODE_SITES
from tests.features.operations.detection.public.others import OTHERS
from tests.features.operations.detection.public.python import PYTHON
from tests.features.operations.detection.public.scripted import SCRIPTED
from tests.features.operations.detection.public.sites import SITES

PUBLIC = [
    *NODE_SERVERS,
    *NODE_SITES,
    *PYTHON,
    *SCRIPTED,
    *COMPILED,
    *SITES,
    *OTHERS,
    *MIXED,
    *MIXED_MORE,
    *MIXED_AGAIN,
    *MIXED_LAST,
]
