using System.Text.Json;

namespace AktoDivert.Console.Api;

/// <summary>Reads an upload from its beginning to its end; null stands for a JSON <c>null</c>.</summary>
/// <exception cref="JsonException">It is no such upload.</exception>
internal delegate T? UploadReader<T>(ref Utf8JsonReader reader)
    where T : class;
