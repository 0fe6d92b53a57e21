using System.Text.Json;

namespace ChatModels.Providers.Simulator;

/// <summary>Reads a request's body as far as the simulator needs it; what does not fit becomes a mistake, never an exception.</summary>
internal static class SimulatorRequestReader
{
    private const int MaxChoices = 128;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    public static SimulatorRequest Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return Read(document.RootElement);
        }
        catch (MistakeException mistake)
        {
            return new SimulatorRequest { Mistake = new(mistake.Message, mistake.Param) };
        }
        catch (JsonException)
        {
            return new SimulatorRequest { Mistake = new("The body is not valid JSON.", null) };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are not UTF-8, in some string.
            return new SimulatorRequest { Mistake = new("The body holds text that is not valid Unicode.", null) };
        }
    }

    private static SimulatorRequest Read(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            throw new MistakeException("The body must be a JSON object.", null);
        }

        var (lastUserText, promptTokens) = SimulatorMessages.Read(root);
        var stream = Flag(root, "stream");
        return new SimulatorRequest
        {
            LastUserText = lastUserText,
            PromptTokens = promptTokens,
            MaxTokens = Whole(root, "max_completion_tokens", int.MaxValue) ?? Whole(root, "max_tokens", int.MaxValue),
            Choices = Whole(root, "n", MaxChoices) ?? 1,
            Stream = stream,
            IncludeUsage = stream && Field(root, "stream_options") is { ValueKind: JsonValueKind.Object } options && Flag(options, "include_usage"),
            Tool = SimulatorTools.Demanded(root),
        };
    }

    internal static JsonElement? Field(JsonElement json, string name) =>
        json.TryGetProperty(name, out var field) && field.ValueKind is not JsonValueKind.Null ? field : null;

    private static bool Flag(JsonElement json, string name) => Field(json, name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new MistakeException($"'{name}' must be true or false.", name),
    };

    private static int? Whole(JsonElement json, string name, int most) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) && value >= 1 && value <= most => value,
        _ => throw new MistakeException($"'{name}' must be a whole number from 1 to {most}.", name),
    };
}

/// <summary>Leaves the reading of a request at its first mistake; never leaves the reader.</summary>
internal sealed class MistakeException(string message, string? param) : Exception(message)
{
    public string? Param { get; } = param;
}
