using System.Text.Json;
using ChatModels.Api.Errors;
using ChatModels.Batches;

namespace ChatModels.Api.Apis;

/// <summary>Reads what a batch is to be, and answers each mistake as OpenAI does: with the field's name.</summary>
internal static class BatchInputReader
{
    public const string Endpoint = "/v1/chat/completions";

    private const int MostBytes = 64 * 1024;
    private const int MostPairs = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 512;
    private static readonly string[] Fields = ["input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after"];

    public static async Task<(BatchRequest? Request, OpenAiProblem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
        {
            return (null, new OpenAiProblem(ErrorCodes.UnsupportedMediaType, "Send the body as JSON, with the header 'Content-Type: application/json'."));
        }

        var buffer = new byte[MostBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (read > MostBytes)
        {
            return (null, new OpenAiProblem(ErrorCodes.RequestTooLarge, $"The body is larger than {MostBytes} bytes."));
        }

        try
        {
            using var body = JsonDocument.Parse(buffer.AsMemory(0, read));
            return body.RootElement.ValueKind is JsonValueKind.Object ? Read(body.RootElement) : (null, Invalid("The body must be a JSON object.", null));
        }
        catch (JsonException)
        {
            return (null, Invalid("We could not parse the JSON body of your request.", null));
        }
    }

    private static (BatchRequest?, OpenAiProblem?) Read(JsonElement body)
    {
        if (body.EnumerateObject().FirstOrDefault(field => !Fields.Contains(field.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            return (null, Invalid($"Unknown parameter: '{unknown.Name}'.", unknown.Name));
        }

        foreach (var field in Fields.Take(3))
        {
            if (!body.TryGetProperty(field, out var value) || value.ValueKind is not JsonValueKind.String)
            {
                return (null, Invalid($"Missing required parameter: '{field}'; give a string.", field));
            }
        }

        var problem = CheckValues(body, out var lifetime) ?? CheckMetadata(body);
        return problem is not null ? (null, problem) : (new BatchRequest(Text(body, Fields[0]), Text(body, Fields[1]), Text(body, Fields[2]), Metadata(body), lifetime), null);
    }

    private static OpenAiProblem? CheckValues(JsonElement body, out TimeSpan? lifetime)
    {
        lifetime = null;
        if (Text(body, "endpoint") != Endpoint)
        {
            return Invalid($"'endpoint' must be '{Endpoint}'; others are not run in batches here.", "endpoint");
        }

        if (Text(body, "completion_window") != "24h")
        {
            return Invalid("'completion_window' must be '24h'.", "completion_window");
        }

        if (!body.TryGetProperty("output_expires_after", out var after) || after.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        var isRead = after.ValueKind is JsonValueKind.Object
            && after.TryGetProperty("anchor", out var anchor) && anchor.ValueKind is JsonValueKind.String
            && after.TryGetProperty("seconds", out var seconds) && seconds.ValueKind is JsonValueKind.Number
            && Lifetimes.TryRead(anchor.GetString(), seconds.GetRawText(), out lifetime);
        return isRead ? null : Invalid($"'output_expires_after' is wrong; {Lifetimes.Cure}", "output_expires_after");
    }

    private static OpenAiProblem? CheckMetadata(JsonElement body)
    {
        var pairs = 0;
        if (!body.TryGetProperty("metadata", out var metadata) || metadata.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (metadata.ValueKind is not JsonValueKind.Object)
        {
            return Invalid("'metadata' must be an object of strings.", "metadata");
        }

        foreach (var pair in metadata.EnumerateObject())
        {
            if (++pairs > MostPairs || pair.Name.Length > LongestKey || pair.Value.ValueKind is not JsonValueKind.String || pair.Value.GetString()!.Length > LongestValue)
            {
                return Invalid($"'metadata' takes {MostPairs} pairs at most, keys of up to {LongestKey} characters, and strings of up to {LongestValue}.", "metadata");
            }
        }

        return null;
    }

    private static Dictionary<string, string>? Metadata(JsonElement body)
    {
        if (!body.TryGetProperty("metadata", out var metadata) || metadata.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in metadata.EnumerateObject())
        {
            pairs[pair.Name] = pair.Value.GetString()!;
        }

        return pairs;
    }

    private static string Text(JsonElement body, string field) => body.GetProperty(field).GetString()!;

    private static OpenAiProblem Invalid(string message, string? param) => new(ErrorCodes.InvalidRequest, message, param);
}
