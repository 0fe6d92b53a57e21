using System.Buffers.Text;
using System.Diagnostics;
using System.Text.Json;
using ChatModels.Telemetry;

namespace ChatModels.Chat;

/// <summary>Tells an attempt's span what the request asks of the model, as the conventions name it. Only traced requests pay for it: the body is walked once more, past the prompt.</summary>
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
                Describe(span, name, json[start..scanner.Position]);
            }
        }
    }

    private static void Describe(Activity span, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var known in Known.AsSpan())
        {
            // One choice is what everybody gets who does not ask for more: the convention wants no word of it.
            if (name.SequenceEqual(known.Field) && Read(value, known.Kind) is { } read && !(known.Tag == TelemetryNames.GenAI.ChoiceCount && read is 1L))
            {
                span.SetTag(known.Tag, read); // Two fields may say the same: the last one counts, as upstream.
            }
        }
    }

    private static object? Read(ReadOnlySpan<byte> value, JsonKind kind) => kind switch
    {
        JsonKind.Integer => Utf8Parser.TryParse(value, out long number, out var length) && length == value.Length ? number : null,
        JsonKind.Number => Utf8Parser.TryParse(value, out double number, out var length) && length == value.Length ? number : null,
        _ => ReadTexts(value, kind),
    };

    private static object? ReadTexts(ReadOnlySpan<byte> value, JsonKind kind)
    {
        var json = new Utf8JsonReader(value);
        json.Read();
        return (kind, json.TokenType) switch
        {
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
