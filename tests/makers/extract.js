/* This file reads a store with pst-extractor and prints a line of JSON for each message:
 * node extract.js STORE, with NODE_PATH leading to the package. */
const { PSTFile } = require("pst-extractor");

const table = new Int32Array(256).map((_, n) => {
	for (let k = 0; k < 8; k++)
		n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
	return n;
});

const EMBEDDED = 5;

function crc32(bytes) {
	let crc = -1;
	for (const byte of bytes)
		crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
	return (crc ^ -1) >>> 0;
}

function content(attachment) {
	const stream = attachment.fileInputStream;
	if (!stream)
		return Buffer.alloc(0);
	const bytes = Buffer.alloc(stream.length.toNumber());
	if (bytes.length)
		stream.readCompletely(bytes);
	return bytes;
}

function tell(folder, message) {
	const attachments = [];
	let others = 0;
	for (let i = 0; i < message.numberOfAttachments; i++) {
		const attachment = message.getAttachment(i);
		if (attachment.attachMethod === EMBEDDED) {
			others++;
			continue;
		}
		const bytes = content(attachment);
		attachments.push({ name: attachment.longFilename, size: bytes.length, crc: crc32(bytes) });
	}
	console.log(JSON.stringify({ folder, nid: message.descriptorNodeId.toNumber(), subject: message.subject,
		class: message.messageClass, others, attachments }));
}

function walk(folder, path) {
	for (const below of folder.hasSubfolders ? folder.getSubFolders() : [])
		walk(below, path ? path + "/" + below.displayName : below.displayName);
	if (folder.contentCount === 0)
		return;
	for (let message = folder.getNextChild(); message; message = folder.getNextChild())
		tell(path, message);
}

walk(new PSTFile(process.argv[2]).getRootFolder(), "");
