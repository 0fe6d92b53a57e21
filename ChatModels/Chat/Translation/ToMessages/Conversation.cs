using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>The turns of a conversation as Anthropic wants them: user and assistant by turns, and in a user's turn all tool results first.</summary>
internal sealed class Conversation
{
    private readonly List<Turn> _turns = [];

    public JsonArray System { get; } = [];

    /// <summary>The tools that earlier turns called.</summary>
    public HashSet<string> CalledTools { get; } = new(StringComparer.Ordinal);

    public bool IsEmpty => _turns is [];

    /// <summary>Whether the last thing said is the result of a call that the assistant made without (any longer known) thoughts: Anthropic then refuses to think on.</summary>
    public bool IsMidToolsWithoutThinking =>
        _turns is [.., var asked, { Results.Count: > 0 }] && (asked.Blocks is [] || (string?)asked.Blocks[0]["type"] is not ("thinking" or "redacted_thinking"));

    public void Add(string role, JsonObject block) => Last(role).Blocks.Add(block);

    public void AddResult(JsonObject result) => Last("user").Results.Add(result);

    public JsonArray ToJson()
    {
        TrimPrefill();
        return [.. _turns.Select(turn => new JsonObject { ["role"] = turn.Role, ["content"] = turn.ToJson() })];
    }

    private Turn Last(string role)
    {
        if (_turns is not [.., var last] || last.Role != role)
        {
            _turns.Add(new Turn(role));
        }

        return _turns[^1];
    }

    /// <summary>An assistant's text that the model is to continue must not end in white space.</summary>
    private void TrimPrefill()
    {
        if (_turns is not [.., { Role: "assistant" } last] || last.Blocks is not [.., var block] || (string?)block["type"] != "text")
        {
            return;
        }

        var text = block["text"]!.GetValue<string>().TrimEnd();
        block["text"] = text;
        if (text.Length == 0)
        {
            last.Blocks.RemoveAt(last.Blocks.Count - 1);
        }

        if (last.Blocks is [])
        {
            _turns.RemoveAt(_turns.Count - 1);
        }
    }

    private sealed class Turn(string role)
    {
        public string Role { get; } = role;

        public List<JsonObject> Results { get; } = [];

        public List<JsonObject> Blocks { get; } = [];

        public JsonArray ToJson() => [.. Results, .. Blocks];
    }
}
