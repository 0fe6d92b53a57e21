using System.Text;

namespace ChatModels.Chat.Content;

/// <summary>One part of an answer: it grows with the stream.</summary>
internal sealed class AnswerPart(string type, int index)
{
    private readonly StringBuilder _content = new();
    private bool _isCut;

    public string Type => type;

    public int Index => index;

    public string? Id { get; set; }

    public string? Name { get; set; }

    /// <summary>Adds as much as there is room for, and says how much that was.</summary>
    public int Append(string text, int room)
    {
        var taken = int.Clamp(room, 0, text.Length);
        _content.Append(text, 0, taken);
        _isCut |= taken < text.Length;
        return taken;
    }

    public void Write(ContentWriter to)
    {
        switch (type)
        {
            case "text":
                to.Text(_content.ToString(), _isCut);
                break;
            case "reasoning":
                to.Reasoning(_content.ToString(), _isCut);
                break;
            case "tool_call":
                to.ToolCall(Id, Name ?? "", _content.Length == 0 && !_isCut ? "{}" : _content.ToString(), _isCut);
                break;
            default:
                to.Other(type);
                break;
        }
    }
}
