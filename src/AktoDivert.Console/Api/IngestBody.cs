using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using AktoDivert.Console.Calls;

namespace AktoDivert.Console.Api;

/// <summary>Takes uploads in as far as there is room for them.</summary>
internal static class IngestBody
{
    private const string RetryAfterSeconds = "2";

    /// <summary>
    /// Reads an upload and has it stored while its room is held. Answers as Akto's services do: 413 for a body over
    /// <see cref="AktoApi.LargestBody"/>, 429 with <c>Retry-After</c> when too much waits, 422 for what is no upload.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="capacity">What bounds the bodies that wait.</param>
    /// <param name="read">Reads what is uploaded.</param>
    /// <param name="store">Stores it and gives the answer; null stands for a JSON <c>null</c>.</param>
    public static async Task<IResult> AcceptAsync<T>(HttpContext context, IngestCapacity capacity, UploadReader<T> read, Func<T?, Task<IResult>> store)
        where T : class
    {
        if (context.Request.ContentLength > AktoApi.LargestBody)
        {
            return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }

        using var room = new IngestRoom(capacity);
        try
        {
            // What is known beforehand is reserved at once: an upload that cannot fit should not be read half.
            var (hasRoom, upload) = room.TryHold(context.Request.ContentLength ?? 0)
                ? await ReadAsync(context.Request.BodyReader, read, room, context.RequestAborted)
                : (false, null);
            if (!hasRoom)
            {
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                return TypedResults.StatusCode(StatusCodes.Status429TooManyRequests);
            }

            return await store(upload);
        }
        catch (JsonException e)
        {
            return AktoApi.ActionErrors($"The body is no upload: {e.Message}");
        }
    }

    /// <summary>Reads to the end of the body, or until it outgrows the room.</summary>
    /// <returns>Whether there was room, and the upload, which is null for a JSON <c>null</c>.</returns>
    /// <exception cref="JsonException">The body is no such upload.</exception>
    private static async Task<(bool HasRoom, T? Upload)> ReadAsync<T>(PipeReader body, UploadReader<T> parse, IngestRoom room, CancellationToken cancellation)
        where T : class
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var hasRoom = room.TryHold(read.Buffer.Length);
            if (hasRoom && !read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return (hasRoom, hasRoom ? Parse(read.Buffer, parse) : null);
            }
            finally
            {
                // The server can use the connection again only when the reader has let go of what it read.
                body.AdvanceTo(read.Buffer.End);
            }
        }
    }

    private static T? Parse<T>(ReadOnlySequence<byte> body, UploadReader<T> parse)
        where T : class
    {
        // In one piece, because a reader over segments takes several times as long for a text that crosses them.
        var (length, whole) = ((int)body.Length, ArrayPool<byte>.Shared.Rent((int)body.Length));
        try
        {
            body.CopyTo(whole);
            var reader = new Utf8JsonReader(whole.AsSpan(0, length));
            var upload = parse(ref reader);
            return reader.Read() ? throw new JsonException("More follows the upload.") : upload;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }
}
