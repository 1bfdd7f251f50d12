namespace AktoDivert.SideBySide.Peers;

/// <summary>Makes mitmproxy stream, and keep as much of each body as the others do. Without it whole messages are held back.</summary>
internal static class MitmproxyScript
{
    public const string Text = """
        LIMIT = 256 * 1024

        def keeper(kept):
            def keep(chunk):
                if len(kept) < LIMIT:
                    kept.extend(chunk[:LIMIT - len(kept)])
                return chunk
            return keep

        def requestheaders(flow):
            flow.request.stream = keeper(flow.metadata.setdefault("request", bytearray()))

        def responseheaders(flow):
            flow.response.stream = keeper(flow.metadata.setdefault("response", bytearray()))

        """;
}
