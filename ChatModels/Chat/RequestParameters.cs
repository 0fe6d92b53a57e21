using System.Diagnostics;
using System.Text.Json;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>Tells an attempt's span what the request asks of the model, as the conventions name it. Only traced requests pay for it: the body is walked once more, past the prompt, and for all attempts together.</summary>
internal static class RequestParameters
{
    // What clients make up must not blow up a span.
    private const int LongestValue = 1024;
    private const int LongestText = 64;
    private const int MostTexts = 16;

    private static readonly (byte[] Field, string Tag, JsonKind Kind)[] Known =
    [
        ("max_tokens"u8.ToArray(), TelemetryNames.GenAI.MaxTokens, JsonKind.Integer),
        ("max_completion_tokens"u8.ToArray(), TelemetryNames.GenAI.MaxTokens, JsonKind.Integer),
        ("temperature"u8.ToArray(), TelemetryNames.GenAI.Temperature, JsonKind.Number),
        ("top_p"u8.ToArray(), TelemetryNames.GenAI.TopP, JsonKind.Number),
        ("top_k"u8.ToArray(), TelemetryNames.GenAI.TopK, JsonKind.Integer),
        ("frequency_penalty"u8.ToArray(), TelemetryNames.GenAI.FrequencyPenalty, JsonKind.Number),
        ("presence_penalty"u8.ToArray(), TelemetryNames.GenAI.PresencePenalty, JsonKind.Number),
        ("seed"u8.ToArray(), TelemetryNames.GenAI.Seed, JsonKind.Integer),
        ("n"u8.ToArray(), TelemetryNames.GenAI.ChoiceCount, JsonKind.Integer),
        ("stop"u8.ToArray(), TelemetryNames.GenAI.StopSequences, JsonKind.Texts),
        ("stop_sequences"u8.ToArray(), TelemetryNames.GenAI.StopSequences, JsonKind.Texts),
        ("reasoning_effort"u8.ToArray(), TelemetryNames.GenAI.ReasoningLevel, JsonKind.Text),
        ("dimensions"u8.ToArray(), TelemetryNames.GenAI.Dimensions, JsonKind.Integer),
    ];

    private enum JsonKind
    {
        Integer,
        Number,
        Text,
        Texts,
    }

    public static void Describe(Activity span, ChatRequest request)
    {
        foreach (var (tag, value) in request.Parameters ??= Read(request))
        {
            span.SetTag(tag, value); // Two fields may say the same: the last one counts, as upstream.
        }
    }

    private static KeyValuePair<string, object>[] Read(ChatRequest request)
    {
        List<KeyValuePair<string, object>>? told = null;
        var json = request.Body.Span;
        var scanner = new JsonScanner(json);
        var first = true;
        scanner.TryTake((byte)'{');
        while (scanner.NextMember(ref first, out var name, out _))
        {
            scanner.Peek();
            var start = scanner.Position;
            if (start == request.Prompt.Offset)
            {
                scanner.Skip(request.Prompt.Length);
            }
            else if (!scanner.TrySkipValue())
            {
                break;
            }
            else if (scanner.Position - start <= LongestValue)
            {
                Read(name, json[start..scanner.Position], ref told);
            }
        }

        return told is null ? [] : [.. told];
    }

    private static void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref List<KeyValuePair<string, object>>? told)
    {
        foreach (var (field, tag, kind) in Known)
        {
            // One choice is what everybody gets who does not ask for more: the convention wants no word of it.
            if (name.SequenceEqual(field) && Read(value, kind) is { } read && !(tag == TelemetryNames.GenAI.ChoiceCount && read is 1L))
            {
                (told ??= []).Add(new(tag, read));
            }
        }
    }

    private static object? Read(ReadOnlySpan<byte> value, JsonKind kind)
    {
        var json = new Utf8JsonReader(value);
        json.Read();
        return (kind, json.TokenType) switch
        {
            (JsonKind.Integer, JsonTokenType.Number) => json.TryGetInt64(out var number) ? number : null,
            (JsonKind.Number, JsonTokenType.Number) => json.TryGetDouble(out var number) ? number : null,
            (JsonKind.Text, JsonTokenType.String) => Text(ref json),
            (JsonKind.Texts, JsonTokenType.String) => new[] { Text(ref json) },
            (JsonKind.Texts, JsonTokenType.StartArray) => Texts(ref json),
            _ => null,
        };
    }

    private static string[]? Texts(ref Utf8JsonReader json)
    {
        List<string> texts = [];
        while (json.Read() && json.TokenType == JsonTokenType.String && texts.Count < MostTexts)
        {
            texts.Add(Text(ref json));
        }

        return texts is [] ? null : [.. texts];
    }

    private static string Text(ref Utf8JsonReader json)
    {
        try
        {
            var text = json.GetString()!;
            return text.Length <= LongestText ? text : text[..LongestText];
        }
        catch (InvalidOperationException)
        {
            return ""; // Half of a surrogate pair.
        }
    }
}
