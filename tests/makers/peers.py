"""This file reads a store with libpff, as Python sees it, and prints a line of JSON for each message.

It is run by the system's own Python, which has Debian's module.
"""

import json
import sys
import zlib

import pypff


def attachments(message):
    """(by value, how many others). libpff gives an embedded message a size and no bytes of its own."""
    files, others = [], 0
    for number in range(message.number_of_attachments):
        attachment = message.get_attachment(number)
        kinds = [entry for entry in range(attachment.get_record_set(0).number_of_entries)]
        method = next((value(attachment, entry) for entry in kinds if tag(attachment, entry) == 0x3705), 1)
        if method != 1:
            others += 1
            continue
        size = attachment.get_size()
        data = attachment.read_buffer(size) if size else b""
        files.append({"size": len(data), "crc": zlib.crc32(data)})
    return files, others


def tag(item, number):
    return item.get_record_set(0).get_entry(number).entry_type


def value(item, number):
    return item.get_record_set(0).get_entry(number).get_data_as_integer()


def walk(folder, path):
    for number in range(folder.number_of_sub_messages):
        message = folder.get_sub_message(number)
        files, others = attachments(message)
        print(json.dumps({"folder": path, "nid": message.identifier, "subject": message.subject, "attachments": files,
                          "others": others}))
    for number in range(folder.number_of_sub_folders):
        below = folder.get_sub_folder(number)
        walk(below, f"{path}/{below.name or ''}" if path else below.name or "")


def main():
    store = pypff.file()
    store.open(sys.argv[1])
    walk(store.root_folder, "")


main()
