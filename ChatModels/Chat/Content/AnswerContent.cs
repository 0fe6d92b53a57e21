using System.Text.Json;

namespace ChatModels.Chat.Content;

/// <summary>Gathers what a model answers, whole or chunk by chunk and in either wire format, as far as the bound goes.</summary>
internal sealed class AnswerContent
{
    private const int MostParts = 256;

    private static readonly JsonReaderOptions Depth = new() { MaxDepth = JsonScanner.MaxDepth + 1 };

    private readonly SortedDictionary<int, Choice> _choices = [];
    private readonly int _maxLength;
    private int _left;
    private int _parts;

    public AnswerContent(int maxLength) => _maxLength = _left = maxLength;

    /// <summary>Takes note of one JSON object: an answer, a chunk or an event.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data, Depth);
            using var json = JsonDocument.ParseValue(ref reader);
            foreach (var choice in json.RootElement.Get("choices").Items())
            {
                AddChoice(choice);
            }

            AddMessage(json.RootElement);
        }
        catch (Exception e) when (LooseJson.IsUnreadable(e))
        {
            // What can't be read can't be shown.
        }
    }

    /// <summary>The answer's messages; null where none has begun.</summary>
    public string? Write()
    {
        if (_choices.Count == 0)
        {
            return null;
        }

        using var to = new ContentWriter(_maxLength);
        to.Start();
        foreach (var choice in _choices.Values)
        {
            to.StartMessage("assistant");
            foreach (var part in choice.Parts)
            {
                part.Write(to);
            }

            if (choice.IsCut)
            {
                to.LeftOut();
            }

            to.EndMessage(FinishReason(choice.Finish));
        }

        return to.End();
    }

    // The same names in a message as in the delta of one.
    private void AddChoice(JsonElement json)
    {
        var choice = ChoiceOf(json.Index("index"));
        var said = json.Get("delta") is { ValueKind: JsonValueKind.Object } delta ? delta : json.Get("message");
        Append(choice, "reasoning", said.Text("reasoning_content") ?? said.Text("reasoning"));
        Append(choice, "text", ContentParts.TextOf(said.Get("content")));
        Append(choice, "text", said.Text("refusal"));
        var position = 0;
        foreach (var call in said.Get("tool_calls").Items())
        {
            // The calls of a whole answer have no index.
            var index = call.Get("index").ValueKind == JsonValueKind.Number ? call.Index("index") : position;
            position++;
            if (PartOf(choice, "tool_call", index) is { } part)
            {
                part.Id ??= call.Text("id");
                part.Name ??= call.Get("function").Text("name");
                Append(part, call.Get("function").Text("arguments"));
            }
        }

        choice.Finish = json.Text("finish_reason") ?? choice.Finish;
    }

    private void AddMessage(JsonElement json)
    {
        switch (json.Text("type"))
        {
            case "message":
                var index = 0;
                foreach (var block in json.Get("content").Items())
                {
                    AddBlock(index++, block);
                }

                ChoiceOf(0).Finish = json.Text("stop_reason");
                break;
            case "message_start":
                ChoiceOf(0);
                break;
            case "content_block_start":
                AddBlock(json.Index("index"), json.Get("content_block"));
                break;
            case "content_block_delta":
                var delta = json.Get("delta");
                Append(ChoiceOf(0).Parts.Find(part => part.Index == json.Index("index")), delta.Text("text") ?? delta.Text("thinking") ?? delta.Text("partial_json"));
                break;
            case "message_delta":
                ChoiceOf(0).Finish = json.Get("delta").Text("stop_reason") ?? ChoiceOf(0).Finish;
                break;
        }
    }

    private void AddBlock(int index, JsonElement block)
    {
        var type = block.Text("type") switch { "thinking" => "reasoning", "tool_use" => "tool_call", { } same => same, null => "" };
        if (PartOf(ChoiceOf(0), type, index) is { } part)
        {
            part.Id = block.Text("id");
            part.Name = block.Text("name");

            // At the start of a stream the arguments are an empty object, whatever comes.
            var input = block.Get("input");
            Append(part, block.Text("text") ?? block.Text("thinking") ?? (input.ValueKind == JsonValueKind.Object && input.EnumerateObject().Any() ? input.Raw() : null));
        }
    }

    private Choice ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            choice = _choices.Count < MostParts ? _choices[index] = new Choice() : _choices.First().Value;
        }

        return choice;
    }

    /// <summary>The part of that type and place, begun where it is not there yet; null past the bound.</summary>
    private AnswerPart? PartOf(Choice choice, string type, int index)
    {
        var part = choice.Parts.FindLast(part => part.Type == type && part.Index == index);
        if (part is null)
        {
            choice.IsCut |= _parts >= MostParts;
            if (!choice.IsCut)
            {
                _parts++;
                choice.Parts.Add(part = new AnswerPart(type, index));
            }
        }

        return part;
    }

    private void Append(Choice choice, string type, string? text)
    {
        if (!string.IsNullOrEmpty(text) && PartOf(choice, type, index: -1) is { } part)
        {
            Append(part, text);
        }
    }

    private void Append(AnswerPart? part, string? text)
    {
        if (part is not null && text is not null)
        {
            _left -= part.Append(text, _left);
        }
    }

    private static string FinishReason(string? theirs) => theirs switch
    {
        null => "error", // It broke off.
        "end_turn" or "stop_sequence" => "stop",
        "max_tokens" => "length",
        "tool_calls" or "tool_use" or "function_call" => "tool_call",
        "refusal" => "content_filter",
        _ => theirs,
    };

    private sealed class Choice
    {
        public List<AnswerPart> Parts { get; } = [];

        public string? Finish { get; set; }

        public bool IsCut { get; set; }
    }
}
