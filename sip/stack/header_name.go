package stack

// The methods this house knows by name. Others pass through as text.
const (
	MethodInvite    = "INVITE"
	MethodAck       = "ACK"
	MethodBye       = "BYE"
	MethodCancel    = "CANCEL"
	MethodRegister  = "REGISTER"
	MethodOptions   = "OPTIONS"
	MethodInfo      = "INFO"
	MethodUpdate    = "UPDATE"
	MethodPrack     = "PRACK"
	MethodRefer     = "REFER"
	MethodSubscribe = "SUBSCRIBE"
	MethodNotify    = "NOTIFY"
	MethodPublish   = "PUBLISH"
	MethodMessage   = "MESSAGE"
)

var methods = []string{MethodInvite, MethodAck, MethodBye, MethodCancel, MethodRegister, MethodOptions, MethodInfo, MethodUpdate,
	MethodPrack, MethodRefer, MethodSubscribe, MethodNotify, MethodPublish, MethodMessage}

// The header names this house uses, in their canonical form.
const (
	HeaderAccept             = "Accept"
	HeaderAllow              = "Allow"
	HeaderAuthorization      = "Authorization"
	HeaderCallID             = "Call-ID"
	HeaderContact            = "Contact"
	HeaderContentDisposition = "Content-Disposition"
	HeaderContentEncoding    = "Content-Encoding"
	HeaderContentLength      = "Content-Length"
	HeaderContentType        = "Content-Type"
	HeaderCSeq               = "CSeq"
	HeaderDate               = "Date"
	HeaderEvent              = "Event"
	HeaderExpires            = "Expires"
	HeaderFrom               = "From"
	HeaderMaxForwards        = "Max-Forwards"
	HeaderMinExpires         = "Min-Expires"
	HeaderMinSE              = "Min-SE"
	HeaderPath               = "Path"
	HeaderProxyAuthenticate  = "Proxy-Authenticate"
	HeaderProxyAuthorization = "Proxy-Authorization"
	HeaderProxyRequire       = "Proxy-Require"
	HeaderReason             = "Reason"
	HeaderRecordRoute        = "Record-Route"
	HeaderReferTo            = "Refer-To"
	HeaderReferredBy         = "Referred-By"
	HeaderReplaces           = "Replaces"
	HeaderRequire            = "Require"
	HeaderRetryAfter         = "Retry-After"
	HeaderRoute              = "Route"
	HeaderRSeq               = "RSeq"
	HeaderRAck               = "RAck"
	HeaderServer             = "Server"
	HeaderSessionExpires     = "Session-Expires"
	HeaderSubject            = "Subject"
	HeaderSubscriptionState  = "Subscription-State"
	HeaderSupported          = "Supported"
	HeaderTimestamp          = "Timestamp"
	HeaderTo                 = "To"
	HeaderUnsupported        = "Unsupported"
	HeaderUserAgent          = "User-Agent"
	HeaderVia                = "Via"
	HeaderWarning            = "Warning"
	HeaderWWWAuthenticate    = "WWW-Authenticate"
)

// compact maps the one-letter forms (RFC 3261 §20, RFC 3265, 3515, 3841, 3892, 4028, 4474).
var compact = map[byte]string{
	'a': "Accept-Contact", 'b': HeaderReferredBy, 'c': HeaderContentType, 'd': "Request-Disposition", 'e': HeaderContentEncoding,
	'f': HeaderFrom, 'i': HeaderCallID, 'j': "Reject-Contact", 'k': HeaderSupported, 'l': HeaderContentLength, 'm': HeaderContact,
	'n': "Identity-Info", 'o': HeaderEvent, 'r': HeaderReferTo, 's': HeaderSubject, 't': HeaderTo, 'u': "Allow-Events",
	'v': HeaderVia, 'x': HeaderSessionExpires, 'y': "Identity",
}

// names holds every well-known header, by length and first letter, so that reading a name costs one or two comparisons.
var names = nameTable()

func nameTable() (t [32][32][]string) {
	for _, n := range []string{
		HeaderAccept, "Accept-Contact", "Accept-Encoding", "Accept-Language", "Alert-Info", HeaderAllow, "Allow-Events", "Authentication-Info",
		HeaderAuthorization, HeaderCallID, "Call-Info", HeaderContact, HeaderContentDisposition, HeaderContentEncoding, "Content-Language",
		HeaderContentLength, HeaderContentType, HeaderCSeq, HeaderDate, "Diversion", "Error-Info", HeaderEvent, HeaderExpires, "Flow-Timer",
		HeaderFrom, "Geolocation", "History-Info", "Identity", "Identity-Info", "In-Reply-To", "Join", HeaderMaxForwards, "MIME-Version",
		HeaderMinExpires, HeaderMinSE, "Organization", "P-Access-Network-Info", "P-Asserted-Identity", "P-Preferred-Identity", HeaderPath,
		"Priority", "Privacy", HeaderProxyAuthenticate, HeaderProxyAuthorization, HeaderProxyRequire, HeaderRAck, HeaderReason,
		HeaderRecordRoute, "Reject-Contact", "Remote-Party-ID", HeaderReferTo, HeaderReferredBy, HeaderReplaces, "Reply-To",
		"Request-Disposition", HeaderRequire, HeaderRetryAfter, HeaderRoute, HeaderRSeq, HeaderServer, "Service-Route", HeaderSessionExpires,
		"SIP-ETag", "SIP-If-Match", HeaderSubject, HeaderSubscriptionState, HeaderSupported, "Target-Dialog", HeaderTimestamp, HeaderTo,
		HeaderUnsupported, HeaderUserAgent, HeaderVia, HeaderWarning, HeaderWWWAuthenticate,
	} {
		row := &t[len(n)][n[0]&31]
		*row = append(*row, n)
	}
	return t
}

// CanonicalName is the one place where header names are made comparable (SA-11): compact forms become long ones, well-known names
// get their registered spelling, others get capitals after hyphens. Every name inside a Message went through it.
func CanonicalName(name string) string {
	if len(name) == 1 {
		if long, ok := compact[lower(name[0])]; ok {
			return long
		}
	}
	if 0 < len(name) && len(name) < len(names) {
		row := names[len(name)][name[0]&31]
		for _, n := range row {
			if n == name {
				return n
			}
		}
		for _, n := range row {
			if fold(n, name) {
				return n
			}
		}
	}
	return capitals(name)
}

func capitals(name string) string {
	var out []byte
	start := true
	for i := range len(name) {
		c := name[i]
		want := lower(c)
		if start && 'a' <= want && want <= 'z' {
			want -= 'a' - 'A'
		}
		if want != c && out == nil {
			out = []byte(name)
		}
		if out != nil {
			out[i] = want
		}
		start = c == '-'
	}
	if out != nil {
		return string(out)
	}
	return name
}

// methodName returns the constant for a well-known method, so that messages do not hold on to the bytes they came in.
func methodName(s string) string {
	for _, m := range methods {
		if m == s {
			return m
		}
	}
	return s
}
