using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatModels.Api.Errors;
using Microsoft.Net.Http.Headers;

namespace ChatModels.Api.Bodies;

/// <summary>Reads a body, so that each mistake in it becomes an answer that names it.</summary>
internal static class JsonBody
{
    private const int MostDepth = 32;

    public static async Task<(T? Value, RegistryProblem? Problem)> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> contract, string op, int mostMiB, CancellationToken cancellationToken)
        where T : class
    {
        if (CheckHeaders(request, op) is { } refused)
        {
            return (null, refused);
        }

        return await ReadBytesAsync(request, mostMiB * 1024 * 1024, cancellationToken) is { } bytes
            ? Parse(bytes, contract, op)
            : (null, new RegistryProblem(op, ErrorCodes.RequestTooLarge, $"The body is larger than {mostMiB} MiB ({mostMiB * 1024 * 1024} bytes), which is the most that this path takes."));
    }

    private static RegistryProblem? CheckHeaders(HttpRequest request, string op)
    {
        if (!request.HasJsonContentType())
        {
            return new RegistryProblem(op, ErrorCodes.UnsupportedMediaType, "Send the body as JSON, with the header 'Content-Type: application/json'.");
        }

        return request.Headers.ContentEncoding.Count > 0
            ? new RegistryProblem(op, ErrorCodes.UnsupportedContentEncoding, $"Send the body as it is, without the header '{HeaderNames.ContentEncoding}'.")
            : null;
    }

    // Null: too large.
    private static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpRequest request, int mostBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > mostBytes)
        {
            return null;
        }

        var bytes = new ArrayBufferWriter<byte>();
        int read;
        while ((read = await request.Body.ReadAsync(bytes.GetMemory(4096), cancellationToken)) > 0)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > mostBytes)
            {
                return null;
            }
        }

        var isMarked = bytes.WrittenSpan.StartsWith("\uFEFF"u8);
        return isMarked ? bytes.WrittenMemory[3..] : bytes.WrittenMemory;
    }

    private static (T? Value, RegistryProblem? Problem) Parse<T>(ReadOnlyMemory<byte> bytes, JsonTypeInfo<T> contract, string op)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MostDepth });
            if (JsonText.FindBroken(bytes.Span, new JsonReaderOptions { MaxDepth = MostDepth }) is { } broken)
            {
                return (null, Refuse(op, [broken]));
            }

            var issues = JsonShape.Check(document.RootElement, contract);
            return issues is [] ? (document.RootElement.Deserialize(contract), null) : (null, Refuse(op, issues));
        }
        catch (JsonException exception)
        {
            return (null, Refuse(op, [Explain(exception)]));
        }
    }

    private static RegistryProblem Refuse(string op, IReadOnlyList<ValidationIssue> issues) =>
        new(op, ErrorCodes.InvalidBody, issues is [var only] ? $"{only.Path}: {only.Message}" : $"The body has {issues.Count} mistakes; see errors.") { Issues = issues };

    private static ValidationIssue Explain(JsonException exception)
    {
        // The reader appends its own, zero-based, notion of the place.
        var reason = exception.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
        return exception.LineNumber is { } line && exception.BytePositionInLine is { } position
            ? new("$", string.Create(CultureInfo.InvariantCulture, $"Not valid JSON at line {line + 1}, byte {position + 1}: {reason}"))
            : new(exception.Path ?? "$", reason);
    }
}
