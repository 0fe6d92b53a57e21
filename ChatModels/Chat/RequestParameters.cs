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
        var told = 0;
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
                Describe(span, name, json[start..scanner.Position], ref told);
            }
        }
    }

    /// <param name="span">The attempt's.</param>
    /// <param name="name">A field's.</param>
    /// <param name="value">The field's, in JSON.</param>
    /// <param name="told">A bit for each parameter that the span has by now.</param>
    private static void Describe(Activity span, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref int told)
    {
        var (tag, kind, bit) = ParameterOf(name);

        // One choice is what everybody gets who does not ask for more: the convention wants no word of it.
        if (tag is null || Read(value, kind) is not { } read || (tag == TelemetryNames.GenAI.ChoiceCount && read is 1L))
        {
            return;
        }

        // Two fields may say the same: the last one counts, as upstream. To look for the first among all the tags is left to those that have one.
        if ((told & bit) == 0)
        {
            span.AddTag(tag, read);
            told |= bit;
        }
        else
        {
            span.SetTag(tag, read);
        }
    }

    // Of code alone: a table's entries are all looked at for each field, and lie anywhere.
    private static (string? Tag, JsonKind Kind, int Bit) ParameterOf(ReadOnlySpan<byte> field) =>
        field.SequenceEqual("max_tokens"u8) || field.SequenceEqual("max_completion_tokens"u8) ? (TelemetryNames.GenAI.MaxTokens, JsonKind.Integer, 1)
        : field.SequenceEqual("temperature"u8) ? (TelemetryNames.GenAI.Temperature, JsonKind.Number, 2)
        : field.SequenceEqual("top_p"u8) ? (TelemetryNames.GenAI.TopP, JsonKind.Number, 4)
        : field.SequenceEqual("top_k"u8) ? (TelemetryNames.GenAI.TopK, JsonKind.Integer, 8)
        : field.SequenceEqual("frequency_penalty"u8) ? (TelemetryNames.GenAI.FrequencyPenalty, JsonKind.Number, 16)
        : field.SequenceEqual("presence_penalty"u8) ? (TelemetryNames.GenAI.PresencePenalty, JsonKind.Number, 32)
        : field.SequenceEqual("seed"u8) ? (TelemetryNames.GenAI.Seed, JsonKind.Integer, 64)
        : field.SequenceEqual("n"u8) ? (TelemetryNames.GenAI.ChoiceCount, JsonKind.Integer, 128)
        : field.SequenceEqual("stop"u8) || field.SequenceEqual("stop_sequences"u8) ? (TelemetryNames.GenAI.StopSequences, JsonKind.Texts, 256)
        : field.SequenceEqual("reasoning_effort"u8) ? (TelemetryNames.GenAI.ReasoningLevel, JsonKind.Text, 512)
        : field.SequenceEqual("dimensions"u8) ? (TelemetryNames.GenAI.Dimensions, JsonKind.Integer, 1024)
        : default((string?, JsonKind, int));

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
