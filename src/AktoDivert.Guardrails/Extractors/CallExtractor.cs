using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Extractors.Shapes;
using AktoDivert.Guardrails.Extractors.Text;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>Reads a request body into a call: by the API's shape where it is JSON, else as form, multipart, protobuf or plain text.</summary>
internal static class CallExtractor
{
    /// <summary>Reads a request. Takes any bytes, and never throws because of them.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="body">The body, or a message, without content coding.</param>
    /// <param name="call">Receives facts and texts.</param>
    /// <param name="known">The shape, where it is known already.</param>
    /// <returns>The shape.</returns>
    public static ApiShape ReadRequest(CallTarget target, ReadOnlyMemory<byte> body, AiCall call, ApiShape? known = null)
    {
        var shape = known ?? ShapeCatalogue.ByTarget(target);
        var start = body.Span.TrimStart("\uFEFF \t\r\n"u8);
        if (start.IsEmpty)
        {
            Name(call, target, shape ?? AnyJson.Instance);
        }
        else if (target.MediaType is "application/x-www-form-urlencoded")
        {
            FormText.Read(body, call);
        }
        else if (target.MediaType.StartsWith("multipart/", StringComparison.Ordinal))
        {
            MultipartText.Read(body, target.Field("content-type"), call);
        }
        else if (start[0] is (byte)'{' or (byte)'[' or (byte)'"')
        {
            var tree = call.Parse(body);
            shape = known ?? ShapeCatalogue.Recognise(target, tree);
            var reader = new RequestReader(target, tree, call) { CanRedact = shape.CanRedact(target) };
            shape.ReadRequest(reader);
            reader.Finish();
        }
        else if (shape is ConnectShape || target.MediaType.Contains("proto", StringComparison.Ordinal))
        {
            ProtobufText.Read(body, call);
        }
        else
        {
            PlainText.Add(body, 0, body.Length, "body", TextKind.Other, call);
        }

        shape ??= AnyJson.Instance;
        Name(call, target, shape);
        return shape;
    }

    private static void Name(AiCall call, CallTarget target, ApiShape shape)
    {
        call.Shape = shape.Id;
        call.Provider = Providers.Of(target.Host, shape.Id);
    }
}
