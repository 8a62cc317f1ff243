"""This file prints everything that libpff reads of a store, a line of JSON for each object: folders, messages,
recipients, attachments, with each property's number and value. It is run by the system's own Python.

Text is decoded, so that a store of 8-bit text and one of UTF-16 say the same. What a new layout changes by itself is
left out: sizes that count the bytes of text, and the store's own key in EntryIDs.
"""

import hashlib
import json
import sys

import pypff

TEXT = {0x001E, 0x001F}
# PidTagAttachSize, PidTagMessageSize; PidTagHtml is text in one kind of store and bytes in the other.
LEFT_OUT = {0x0E20, 0x0E08}
ENTRY_ID = 24


def text_of(entry):
    try:
        return (entry.get_data_as_string() or "").rstrip("\0")
    except (OSError, UnicodeDecodeError):
        return None


def value(entry):
    kind = entry.value_type
    data = entry.data or b""
    if kind in TEXT and entry.entry_type != 0x1013:
        text = text_of(entry)
        if text is not None:
            return "text", text
    if len(data) == ENTRY_ID and data[:4] == bytes(4):
        data = data[20:]
    return "bytes", hashlib.sha1(data).hexdigest()


def properties(item):
    found = {}
    for number in range(item.number_of_record_sets):
        record = item.get_record_set(number)
        for index in range(record.number_of_entries):
            entry = record.get_entry(index)
            if entry.entry_type is None or entry.entry_type in LEFT_OUT or entry.value_type == 0x000D:
                continue
            name = f"{number}:{entry.entry_type:04X}"
            found[name] = list(value(entry)) if entry.value_type not in (0x101E, 0x101F) else ["texts", ""]
    return found


def attachments(message):
    for number in range(message.number_of_attachments):
        attachment = message.get_attachment(number)
        found = properties(attachment)
        if found.get("0:3705", [None, None])[1] == hashlib.sha1((1).to_bytes(4, "little")).hexdigest():
            size = attachment.get_size()
            found["data"] = ["bytes", hashlib.sha1(attachment.read_buffer(size) if size else b"").hexdigest()]
        yield found


def tell(**what):
    print(json.dumps(what, sort_keys=True))


def walk(folder, path):
    tell(kind="folder", path=path, nid=folder.identifier, properties=properties(folder))
    for number in range(folder.number_of_sub_messages):
        message = folder.get_sub_message(number)
        tell(kind="message", path=path, nid=message.identifier, properties=properties(message),
             attachments=sorted((json.dumps(one, sort_keys=True) for one in attachments(message))))
    for number in range(folder.number_of_sub_folders):
        below = folder.get_sub_folder(number)
        walk(below, f"{path}/{below.name or ''}")


def main():
    store = pypff.file()
    store.open(sys.argv[1])
    walk(store.root_folder, "")


main()
