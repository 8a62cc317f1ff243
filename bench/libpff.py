"""This file reads stores through libpff's interface in C, which tells more than its Python module: named properties by
their names, recipients, and messages in messages. It knows nothing of postmend and judges nothing.

A message becomes a digest of everything that is read of it. What a new layout changes by itself is left out: the sizes
that count the bytes of text, places of rows, and the store's own key in EntryIDs. Text is decoded, so that 8-bit text and
UTF-16 say the same.
"""

import ctypes
import hashlib
import struct

LIBRARY = "libpff.so.1"
READ = 1
TEXT = {0x001E, 0x001F}
TEXTS = {0x101E, 0x101F}
OBJECT = 0x000D
HTML = 0x1013
# PidTagMessageSize, PidTagAttachSize, PidTagLtpRowId, PidTagLtpRowVer.
LEFT_OUT = {0x0E08, 0x0E20, 0x67F2, 0x67F3}
ATTACHED_DATA, ATTACHED_ITEM = ord("d"), ord("i")
NAME_NUMBER = ord("n")
DEEPEST = 40
# PidTagSubject, PidTagSentRepresentingName, PidTagTransportMessageHeaders, both times, the texts.
SHOWN = [0x0037, 0x0042, 0x007D, 0x0039, 0x0E06, 0x1000, 0x1009, 0x1013]
ENTRY_ID = 24


class Unread(Exception):
    """libpff could not read something that it said is there."""


class Library:
    def __init__(self):
        self.c = ctypes.CDLL(LIBRARY)

    def __getattr__(self, name):
        function = getattr(self.c, "libpff_" + name)

        def call(*words):
            return function(*words, None)

        setattr(self, name, call)
        return call


PFF = Library()


class Handle:
    """Something that libpff gave and that must be given back."""

    def __init__(self, kind, get, *words):
        self.kind, self.at = kind, ctypes.c_void_p()
        if get(*words, ctypes.byref(self.at)) != 1 or not self.at:
            self.at = None

    def __enter__(self):
        return self.at

    def __exit__(self, *_):
        if self.at:
            getattr(PFF, self.kind + "_free")(ctypes.byref(self.at))


def number(get, at, kind=ctypes.c_int):
    out = kind()
    return out.value if get(at, ctypes.byref(out)) == 1 else 0


def data_of(entry):
    size = number(PFF.record_entry_get_data_size, entry, ctypes.c_size_t)
    if not size:
        return b""
    out = ctypes.create_string_buffer(size)
    if PFF.record_entry_get_data(entry, out, ctypes.c_size_t(size)) != 1:
        return None
    return out.raw


def utf8_of(entry):
    size = number(PFF.record_entry_get_data_as_utf8_string_size, entry, ctypes.c_size_t)
    if not size:
        return None
    out = ctypes.create_string_buffer(size)
    if PFF.record_entry_get_data_as_utf8_string(entry, out, ctypes.c_size_t(size)) != 1:
        return None
    return out.raw.rstrip(b"\0")


def texts_of(kind, data):
    """A list of texts: their count, where each begins, and the texts ([MS-PST] 2.3.3.4.2)."""
    if len(data) < 4:
        return data
    count = struct.unpack_from("<I", data)[0]
    if 4 + 4 * count > len(data):
        return data
    places = [*struct.unpack_from(f"<{count}I", data, 4), len(data)]
    texts = [data[a:b] for a, b in zip(places, places[1:])]
    code = "utf-16-le" if kind == 0x101F else "cp1252"
    return "\0".join(text.decode(code, "replace").rstrip("\0") for text in texts).encode()


def name_of(entry):
    """The property's number, or its name and set when it has one."""
    tag = number(PFF.record_entry_get_entry_type, entry, ctypes.c_uint32)
    named = ctypes.c_void_p()
    if PFF.record_entry_get_name_to_id_map_entry(entry, ctypes.byref(named)) != 1 or not named:
        return tag
    guid = ctypes.create_string_buffer(16)
    PFF.name_to_id_map_entry_get_guid(named, guid, ctypes.c_size_t(16))
    kind = number(PFF.name_to_id_map_entry_get_type, named, ctypes.c_uint8)
    if kind == NAME_NUMBER:
        return f"{guid.raw.hex()}:{number(PFF.name_to_id_map_entry_get_number, named, ctypes.c_uint32):X}"
    size = number(PFF.name_to_id_map_entry_get_utf8_string_size, named, ctypes.c_size_t)
    out = ctypes.create_string_buffer(size or 1)
    if size:
        PFF.name_to_id_map_entry_get_utf8_string(named, out, ctypes.c_size_t(size))
    return f"{guid.raw.hex()}:{out.raw.rstrip(bytes(1)).decode('utf-8', 'replace')}"


def value_of(entry, tag, kind):
    data = data_of(entry)
    if data is None:
        return b"unread"
    if kind in TEXT and tag != HTML:
        text = utf8_of(entry)
        return data.rstrip(b"\0") if text is None else text
    if kind in TEXTS:
        return texts_of(kind, data)
    if tag == HTML:
        return data.rstrip(b"\0")
    if len(data) == ENTRY_ID and data[:4] == bytes(4):
        return data[20:]
    return data


def values(record):
    """{name or number: value} of one record set."""
    found = {}
    for index in range(number(PFF.record_set_get_number_of_entries, record)):
        with Handle("record_entry", PFF.record_set_get_entry_by_index, record, index) as entry:
            if not entry:
                continue
            kind = number(PFF.record_entry_get_value_type, entry, ctypes.c_uint32)
            tag = name_of(entry)
            if tag not in LEFT_OUT and kind != OBJECT:
                found[str(tag)] = value_of(entry, tag, kind)
    return found


def record_sets(item):
    for index in range(number(PFF.item_get_number_of_record_sets, item)):
        with Handle("record_set", PFF.item_get_record_set_by_index, item, index) as record:
            if record:
                yield values(record)


def attached_bytes(attachment):
    size = number(PFF.attachment_get_data_size, attachment, ctypes.c_uint64)
    out = ctypes.create_string_buffer(size or 1)
    if size and PFF.attachment_data_read_buffer(attachment, out, ctypes.c_size_t(size)) != size:
        raise Unread("an attachment")
    return out.raw[:size]


def digest(*parts):
    state = hashlib.sha1()
    for part in parts:
        part = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        state.update(struct.pack("<Q", len(part)) + part)
    return state.digest()


def digest_of_values(found):
    return digest(*(part for name in sorted(found) for part in (name, found[name])))


class Message:
    """What is read of a message: digests of its own values, of recipients and of attachments, each sorted."""

    def __init__(self, item, depth=0):
        sets = list(record_sets(item))
        self.own = sets[0] if sets else {}
        # Digests of the messages in this one.
        self.recipients, self.attachments, self.inner, self.contents = [], [], [], []
        with Handle("item", PFF.message_get_recipients, item) as recipients:
            if recipients:
                self.recipients = sorted(digest_of_values(found) for found in record_sets(recipients))
        for index in range(number(PFF.message_get_number_of_attachments, item)):
            with Handle("item", PFF.message_get_attachment, item, index) as attachment:
                self.attachments.append(self.attached(attachment, depth) if attachment else b"unread")
        self.attachments.sort()

    def attached(self, attachment, depth):
        kind = number(PFF.attachment_get_type, attachment)
        found = [digest_of_values(found) for found in record_sets(attachment)]
        if kind == ATTACHED_DATA:
            try:
                found.append(digest(attached_bytes(attachment)))
                self.contents.append(found[-1])
            except Unread:
                found.append(b"unread")
        elif kind == ATTACHED_ITEM and depth < DEEPEST:
            with Handle("item", PFF.attachment_get_item, attachment) as inner:
                if inner:
                    message = Message(inner, depth + 1)
                    self.inner += [message.digest(), *message.inner]
                    found.append(message.digest())
                    self.contents.append(message.seen())
                else:
                    found.append(b"unread")
        return digest(*found)

    def digest(self):
        return digest(digest_of_values(self.own), *self.recipients, b"", *self.attachments)

    def seen(self):
        """What a reader shows of it: subject, sender, times, texts and what is attached."""
        return digest(*(self.own.get(str(tag), b"") for tag in SHOWN), *sorted(self.contents))


def items(folder, path, depth=0):
    """(NID, path, associated, Message) of everything in a folder and below it."""
    lists = [(False, PFF.folder_get_number_of_sub_messages, PFF.folder_get_sub_message),
             (True, PFF.folder_get_number_of_sub_associated_contents, PFF.folder_get_sub_associated_content)]
    for associated, count, get in lists:
        for index in range(number(count, folder)):
            with Handle("item", get, folder, index) as item:
                if item:
                    nid = number(PFF.item_get_identifier, item, ctypes.c_uint32)
                    yield nid, path, associated, Message(item)
    for index in range(number(PFF.folder_get_number_of_sub_folders, folder)):
        with Handle("item", PFF.folder_get_sub_folder, folder, index) as below:
            if below and depth < DEEPEST:
                size = number(PFF.folder_get_utf8_name_size, below, ctypes.c_size_t)
                name = ctypes.create_string_buffer(size or 1)
                if size:
                    PFF.folder_get_utf8_name(below, name, ctypes.c_size_t(size))
                yield from items(below, path + "/" + name.value.decode("utf-8", "replace"), depth + 1)


def read(path):
    """All items of a store; raises OSError where libpff cannot open it."""
    file = ctypes.c_void_p()
    PFF.file_initialize(ctypes.byref(file))
    try:
        if PFF.file_open(file, path.encode(), READ) != 1:
            raise OSError("libpff cannot open " + path)
        with Handle("item", PFF.file_get_root_folder, file) as root:
            return list(items(root, "")) if root else []
    finally:
        PFF.file_free(ctypes.byref(file))
