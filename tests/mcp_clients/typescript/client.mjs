// Talks to a muslin MCP server as an agent's client does, with the official SDK.
//
//     client.mjs PACKAGE IMAGE COMMAND [ARGUMENT...]
//
// PACKAGE is a package to build, or `-`; IMAGE the reference of an image to inspect.
// Prints one JSON object with what was found.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const [folder, image, command, ...args] = process.argv.slice(2);
const client = new Client({ name: "test", version: "1.0.0" });
const transport = new StdioClientTransport({ command, args, env: process.env, stderr: "inherit" });
await client.connect(transport);

const found = { server: client.getServerVersion().name };
// The SDK validates structured content against the schemas that it was given here.
found.tools = (await client.listTools()).tools.map((tool) => tool.name);

const inspected = await client.callTool({ name: "inspect", arguments: { reference: image, files: true } });
found.platforms = inspected.structuredContent.platforms.map((one) => one.platform);
found.outside = (await client.callTool({ name: "inspect", arguments: { reference: "oci:/etc" } })).isError;
try {
  await client.callTool({ name: "no-such-tool", arguments: {} });
} catch (error) {
  found.unknown = error.code;
}
await client.callTool({ name: "setup_check", arguments: {} });

if (folder !== "-") {
  const said = [];
  const built = await client.callTool({ name: "build", arguments: { path: folder } }, undefined, {
    onprogress: ({ progress, message }) => said.push([progress, message]),
    timeout: 600_000,
  });
  found.error = built.isError;
  found.digest = built.structuredContent?.digest;
  const numbers = said.map(([number]) => number);
  found.progress =
    numbers.every((number, at) => at === 0 || number > numbers[at - 1]) &&
    said.some(([, text]) => text.includes("Compiling"));
}
await client.close();
console.log(JSON.stringify(found));
