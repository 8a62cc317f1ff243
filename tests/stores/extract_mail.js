/* This file reads a store with pst-extractor and prints a line of JSON for each message, with its bodies:
 * node extract_mail.js STORE, with NODE_PATH leading to the package. */
const { PSTFile } = require("pst-extractor");
const crypto = require("crypto");

const EMBEDDED = 5;

function content(attachment) {
	const stream = attachment.fileInputStream;
	if (!stream)
		return Buffer.alloc(0);
	const bytes = Buffer.alloc(stream.length.toNumber());
	if (bytes.length)
		stream.readCompletely(bytes);
	return bytes;
}

function tell(message) {
	const files = [];
	let inside = 0;
	for (let i = 0; i < message.numberOfAttachments; i++) {
		const attachment = message.getAttachment(i);
		if (attachment.attachMethod === EMBEDDED)
			inside++;
		else
			files.push(crypto.createHash("md5").update(content(attachment)).digest("hex"));
	}
	console.log(JSON.stringify({ nid: message.descriptorNodeId.toNumber(), subject: message.subject, text: message.body,
		html: message.bodyHTML, inside, files }));
}

function walk(folder) {
	for (const below of folder.hasSubfolders ? folder.getSubFolders() : [])
		walk(below);
	if (folder.contentCount === 0)
		return;
	for (let message = folder.getNextChild(); message; message = folder.getNextChild())
		tell(message);
}

try {
	walk(new PSTFile(process.argv[2]).getRootFolder());
} catch (error) {
	console.error(String(error));
}
