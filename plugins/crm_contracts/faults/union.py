"""The union of all faults. A new one is imported here and listed below, and nowhere else."""

from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from crm_contracts.faults.answer import GivenAnswer
from crm_contracts.faults.bandwidth import Bandwidth
from crm_contracts.faults.certificate import Certificate
from crm_contracts.faults.clock_skew import ClockSkew
from crm_contracts.faults.cursor_loop import CursorLoop
from crm_contracts.faults.daily_quota import DailyQuota
from crm_contracts.faults.damaged_gzip import DamagedGzip
from crm_contracts.faults.deep_nesting import DeepNesting
from crm_contracts.faults.delay import Delay
from crm_contracts.faults.deprecated_version import DeprecatedVersion
from crm_contracts.faults.dns_failure import DnsFailure
from crm_contracts.faults.down import Down
from crm_contracts.faults.duplicate_page import DuplicatePage
from crm_contracts.faults.expired_cursor import ExpiredCursor
from crm_contracts.faults.huge_body import HugeBody
from crm_contracts.faults.latency import Latency
from crm_contracts.faults.limit_data import LimitData
from crm_contracts.faults.malformed_body import MalformedBody
from crm_contracts.faults.many_headers import ManyHeaders
from crm_contracts.faults.missing_last_chunk import MissingLastChunk
from crm_contracts.faults.moved import Moved
from crm_contracts.faults.odd_expiry import OddExpiry
from crm_contracts.faults.partial_success import PartialSuccess
from crm_contracts.faults.premature_close import PrematureClose
from crm_contracts.faults.refresh_refused import RefreshRefused
from crm_contracts.faults.reset_peer import ResetPeer
from crm_contracts.faults.retired_version import RetiredVersion
from crm_contracts.faults.schema_drift import SchemaDrift
from crm_contracts.faults.scope_missing import ScopeMissing
from crm_contracts.faults.slicer import Slicer
from crm_contracts.faults.slow_close import SlowClose
from crm_contracts.faults.slow_drip import SlowDrip
from crm_contracts.faults.slow_first_byte import SlowFirstByte
from crm_contracts.faults.stale_etag import StaleEtag
from crm_contracts.faults.status import Status
from crm_contracts.faults.timeout import Timeout
from crm_contracts.faults.tls_handshake_hangs import TlsHandshakeHangs
from crm_contracts.faults.token_endpoint import TokenEndpoint
from crm_contracts.faults.token_expired import TokenExpired
from crm_contracts.faults.token_lifetime import TokenLifetime
from crm_contracts.faults.token_revoked import TokenRevoked
from crm_contracts.faults.wrong_charset import WrongCharset
from crm_contracts.faults.wrong_content_type import WrongContentType
from crm_contracts.faults.wrong_record import WrongRecord

AnyFault: TypeAlias = (
    Latency
    | Bandwidth
    | SlowClose
    | Timeout
    | ResetPeer
    | Slicer
    | LimitData
    | Down
    | Status
    | GivenAnswer
    | MalformedBody
    | PrematureClose
    | Delay
    | SlowFirstByte
    | SlowDrip
    | MissingLastChunk
    | WrongContentType
    | WrongCharset
    | DamagedGzip
    | HugeBody
    | DeepNesting
    | ManyHeaders
    | SchemaDrift
    | WrongRecord
    | StaleEtag
    | PartialSuccess
    | CursorLoop
    | ExpiredCursor
    | DuplicatePage
    | Moved
    | DeprecatedVersion
    | RetiredVersion
    | DailyQuota
    | ClockSkew
    | TokenExpired
    | TokenLifetime
    | TokenRevoked
    | RefreshRefused
    | TokenEndpoint
    | OddExpiry
    | ScopeMissing
    | DnsFailure
    | Certificate
    | TlsHandshakeHangs
)

FAULTS: tuple[type[AnyFault], ...] = get_args(AnyFault)
"""Every fault that a scenario may name."""

Fault: TypeAlias = Annotated[AnyFault, Field(discriminator="fault")]
"""The union as files choose from it, by `fault`."""

__all__ = ["FAULTS", "AnyFault", "Fault"]
