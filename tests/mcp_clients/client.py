"""Talks to a muslin MCP server as an agent's client does, with the official SDK.

    client.py MODE PACKAGE IMAGE COMMAND [ARGUMENT...]

MODE is `auto` (the newest protocol that both sides know) or `legacy` (with an
`initialize` handshake). PACKAGE is a package to build, or `-`; IMAGE the reference of
an image to inspect. Prints one JSON object with what was found.
"""

import asyncio
import json
import sys

from mcp import Client, MCPError, StdioServerParameters


async def main(mode, package, image, command):
    found = {}
    server = StdioServerParameters(command=command[0], args=command[1:])
    async with Client(server, mode=mode) as client:
        found["protocol"] = client.protocol_version
        found["server"] = client.server_info.name
        found["tools"] = [tool.name for tool in (await client.list_tools()).tools]

        inspected = await client.call_tool("inspect", {"reference": image, "files": False})
        found["platforms"] = [one["platform"] for one in inspected.structured_content["platforms"]]
        found["text"] = inspected.content[0].text.splitlines()[1:2]

        outside = await client.call_tool("inspect", {"reference": "oci:/etc"})
        found["outside"] = outside.is_error
        try:
            await client.call_tool("no-such-tool", {})
        except MCPError as error:
            found["unknown"] = error.code

        if package != "-":
            said = []

            async def on_progress(progress, total, message):
                said.append((progress, message))

            built = await client.call_tool("build", {"path": package}, progress_callback=on_progress)
            found["error"] = built.is_error
            if not built.is_error:
                found["digest"] = built.structured_content["digest"]
            numbers = [number for number, _ in said]
            found["progress"] = numbers == sorted(set(numbers)) and any("Compiling" in text for _, text in said)
    print(json.dumps(found))


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
