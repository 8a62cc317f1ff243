/* This file names the properties that the messaging layer speaks of ([MS-PST] 2.4, [MS-OXPROPS]).
 *
 * A row is X(NAME, id, "canonical name", "section of [MS-PST]").
 */
#ifndef POSTMEND_PST_MSG_TAGS_H
#define POSTMEND_PST_MSG_TAGS_H

#include <stdint.h>

#define TAGS(X)                                                               \
	X(IMPORTANCE, 0x0017, "PidTagImportance", "2.4.4.5")                  \
	X(MESSAGE_CLASS, 0x001A, "PidTagMessageClass", "2.4.5.1")             \
	X(SENSITIVITY, 0x0036, "PidTagSensitivity", "2.4.4.5")                \
	X(SUBJECT, 0x0037, "PidTagSubject", "2.4.4.5")                        \
	X(CLIENT_SUBMIT_TIME, 0x0039, "PidTagClientSubmitTime", "2.4.4.5")    \
	X(SENDER, 0x0042, "PidTagSentRepresentingName", "2.4.4.5")            \
	X(TO_ME, 0x0057, "PidTagMessageToMe", "2.4.4.5")                      \
	X(CC_ME, 0x0058, "PidTagMessageCcMe", "2.4.4.5")                      \
	X(TOPIC, 0x0070, "PidTagConversationTopic", "2.4.4.5")                \
	X(CONVERSATION_INDEX, 0x0071, "PidTagConversationIndex", "2.4.4.5")   \
	X(RECIPIENT_TYPE, 0x0C15, "PidTagRecipientType", "2.4.5.3")           \
	X(DISPLAY_BCC, 0x0E02, "PidTagDisplayBcc", "2.4.5.1")                 \
	X(DISPLAY_CC, 0x0E03, "PidTagDisplayCc", "2.4.4.5")                   \
	X(DISPLAY_TO, 0x0E04, "PidTagDisplayTo", "2.4.4.5")                   \
	X(DELIVERY_TIME, 0x0E06, "PidTagMessageDeliveryTime", "2.4.4.5")      \
	X(MESSAGE_FLAGS, 0x0E07, "PidTagMessageFlags", "2.4.5.1")             \
	X(MESSAGE_SIZE, 0x0E08, "PidTagMessageSize", "2.4.5.1")               \
	X(MESSAGE_STATUS, 0x0E17, "PidTagMessageStatus", "2.4.5.1")           \
	X(SUBMIT_FLAGS, 0x0E14, "PidTagSubmitFlags", "2.4.3")                 \
	X(ATTACH_SIZE, 0x0E20, "PidTagAttachSize", "2.4.6.2")                 \
	X(REPLICATION_ITEM, 0x0E30, "PidTagReplItemid", "2.4.4.4")            \
	X(RECORD_KEY, 0x0FF9, "PidTagRecordKey", "2.4.3.1")                   \
	X(DISPLAY_NAME, 0x3001, "PidTagDisplayName", "2.4.3.1")               \
	X(CREATION_TIME, 0x3007, "PidTagCreationTime", "2.4.5.1")             \
	X(MODIFICATION_TIME, 0x3008, "PidTagLastModificationTime", "2.4.5.1") \
	X(SEARCH_KEY, 0x300B, "PidTagSearchKey", "2.4.5.1")                   \
	X(IPM_SUBTREE, 0x35E0, "PidTagIpmSubTreeEntryId", "2.4.3.1")          \
	X(IPM_OUTBOX, 0x35E2, "PidTagIpmOutboxEntryId", "2.4.3.1")            \
	X(IPM_WASTEBASKET, 0x35E3, "PidTagIpmWastebasketEntryId", "2.4.3.1")  \
	X(IPM_SENT_MAIL, 0x35E4, "PidTagIpmSentMailEntryId", "2.4.3.1")       \
	X(VIEWS, 0x35E5, "PidTagViewsEntryId", "2.4.3.1")                     \
	X(COMMON_VIEWS, 0x35E6, "PidTagCommonViewsEntryId", "2.4.3.1")        \
	X(FINDER, 0x35E7, "PidTagFinderEntryId", "2.4.3.1")                   \
	X(CONTENT_COUNT, 0x3602, "PidTagContentCount", "2.4.4.1")             \
	X(CONTENT_UNREAD, 0x3603, "PidTagContentUnreadCount", "2.4.4.1")      \
	X(SUBFOLDERS, 0x360A, "PidTagSubfolders", "2.4.4.1")                  \
	X(CONTAINER_CLASS, 0x3613, "PidTagContainerClass", "2.4.4.4")         \
	X(ATTACH_DATA, 0x3701, "PidTagAttachDataBinary", "2.4.6.2")           \
	X(ATTACH_METHOD, 0x3705, "PidTagAttachMethod", "2.4.6.2")             \
	X(RENDERING_POSITION, 0x370B, "PidTagRenderingPosition", "2.4.6.2")   \
	X(RECEIVE_FOLDER, 0x6605, "PidTagReceiveFolder", "2.4.3")             \
	X(LTP_ROW_PARENT, 0x67F1, "PidTagLtpParentNid", "2.4.4.5")            \
	X(LTP_ROW_ID, 0x67F2, "PidTagLtpRowId", "2.4.4.4")                    \
	X(LTP_ROW_VERSION, 0x67F3, "PidTagLtpRowVer", "2.4.4.4")              \
	X(PST_PASSWORD, 0x67FF, "PidTagPstPassword", "2.4.3.1")

enum tag {
#define X(name, id, canonical, section) TAG_##name = id,
	TAGS(X)
#undef X
		TAG_CONVERSATION_ID = 0x3013,
	TAG_STORE_OWN_FIRST = 0x65E0,
	TAG_STORE_OWN_LAST = 0x67FF,
	TAG_NAMED_FIRST = 0x8000, /* from here on the name map gives the meaning */
};

struct tag_row {
	uint16_t id;
	const char *name, *section;
};

/* The row of a property ID, or NULL for one that is not spoken of here. */
const struct tag_row *tag_row(uint16_t id);

/* Bits of PidTagMessageFlags ([MS-OXCMSG] 2.2.1.6). */
enum message_flag {
	MESSAGE_READ = 0x1,
	MESSAGE_SUBMIT = 0x4,
	MESSAGE_UNSENT = 0x8,
	MESSAGE_HAS_ATTACH = 0x10,
	MESSAGE_ASSOCIATED = 0x40,
};

/* PidTagAttachMethod ([MS-OXCMSG] 2.2.2.9). */
enum attach_method { ATTACH_BY_VALUE = 1, ATTACH_EMBEDDED = 5, ATTACH_METHOD_MAX = 7 };

/* PidTagAttachSize is the sum of all properties; stores agree to a few bytes. What says more than that by
 * this much once had more content. */
enum { ATTACH_CUT_SLACK = 1024 };

/* PidTagRecipientType: the low nibble ([MS-OXOMSG] 2.2.3.1). */
enum recipient_type { RECIPIENT_FROM = 0, RECIPIENT_TO = 1, RECIPIENT_CC = 2, RECIPIENT_BCC = 3 };

#endif
