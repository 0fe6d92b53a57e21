using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatModels.Api.Errors;
using ChatModels.Api.Wire;
using Microsoft.Net.Http.Headers;

namespace ChatModels.Api.Bodies;

/// <summary>Reads the body of one entity, so that each mistake in it becomes an answer that names it.</summary>
internal static class EntityBody
{
    public const int MostBytes = 1024 * 1024;

    private const int MostDepth = 32;

    public static async Task<(T? Value, RegistryProblem? Problem)> ReadAsync<T>(
        HttpRequest request, string id, JsonTypeInfo<T> contract, string op, CancellationToken cancellationToken)
        where T : class, IEntityInput
    {
        if (CheckHeaders(request, op) is { } refused)
        {
            return (null, refused);
        }

        if (await ReadBytesAsync(request, cancellationToken) is not { } bytes)
        {
            return (null, new RegistryProblem(op, ErrorCodes.RequestTooLarge, $"The body is larger than 1 MiB ({MostBytes} bytes), which no single provider or model needs."));
        }

        var (value, problem) = Parse(bytes, contract, op);
        if (value?.Id is { } named && named != id)
        {
            problem = new RegistryProblem(op, ErrorCodes.ValidationFailed, $"The body is of another entity than '{id}', which the path names.")
            {
                Issues = [new ValidationIssue("$.id", $"Leave it out, or give '{id}'.")],
            };
        }

        return (problem is null ? value : null, problem);
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
    private static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MostBytes)
        {
            return null;
        }

        var bytes = new ArrayBufferWriter<byte>();
        int read;
        while ((read = await request.Body.ReadAsync(bytes.GetMemory(4096), cancellationToken)) > 0)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > MostBytes)
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
