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

    private static readonly Parameter[] Known =
    [
        new(TelemetryNames.GenAI.MaxTokens, JsonKind.Integer, "max_tokens"u8, "max_completion_tokens"u8),
        new(TelemetryNames.GenAI.Temperature, JsonKind.Number, "temperature"u8),
        new(TelemetryNames.GenAI.TopP, JsonKind.Number, "top_p"u8),
        new(TelemetryNames.GenAI.TopK, JsonKind.Integer, "top_k"u8),
        new(TelemetryNames.GenAI.FrequencyPenalty, JsonKind.Number, "frequency_penalty"u8),
        new(TelemetryNames.GenAI.PresencePenalty, JsonKind.Number, "presence_penalty"u8),
        new(TelemetryNames.GenAI.Seed, JsonKind.Integer, "seed"u8),
        new(TelemetryNames.GenAI.ChoiceCount, JsonKind.Integer, "n"u8),
        new(TelemetryNames.GenAI.StopSequences, JsonKind.Texts, "stop"u8, "stop_sequences"u8),
        new(TelemetryNames.GenAI.ReasoningLevel, JsonKind.Text, "reasoning_effort"u8),
        new(TelemetryNames.GenAI.Dimensions, JsonKind.Integer, "dimensions"u8),
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
    /// <param name="told">A bit for each of <see cref="Known"/> that the span has by now.</param>
    private static void Describe(Activity span, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref int told)
    {
        for (var i = 0; i < Known.Length; i++)
        {
            var known = Known[i];
            if (!known.Is(name))
            {
                continue;
            }

            // One choice is what everybody gets who does not ask for more: the convention wants no word of it.
            if (Read(value, known.Kind) is not { } read || (known.Tag == TelemetryNames.GenAI.ChoiceCount && read is 1L))
            {
                return;
            }

            // Two fields may say the same: the last one counts, as upstream. To look for the first among all the tags is left to those that have one.
            if ((told & (1 << i)) == 0)
            {
                span.AddTag(known.Tag, read);
                told |= 1 << i;
            }
            else
            {
                span.SetTag(known.Tag, read);
            }

            return;
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

    private sealed class Parameter(string tag, JsonKind kind, ReadOnlySpan<byte> field, ReadOnlySpan<byte> alias = default)
    {
        private readonly byte[] _field = field.ToArray();
        private readonly byte[] _alias = alias.ToArray();

        public string Tag => tag;

        public JsonKind Kind => kind;

        public bool Is(ReadOnlySpan<byte> name) => name.SequenceEqual(_field) || (_alias.Length > 0 && name.SequenceEqual(_alias));
    }
}
