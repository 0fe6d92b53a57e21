using System.Text;

namespace ChatModels.Chat;

/// <summary>The same of a list of embeddings: <c>{"object":"list","data":[...],"model","usage"}</c>.</summary>
internal partial struct AnswerFacts
{
    /// <summary>Reads an answer to an embeddings request. False when it is not JSON.</summary>
    public bool TryReadEmbeddings(ReadOnlySpan<byte> json, out ObjectKind kind)
    {
        var scanner = new JsonScanner(json);
        kind = ObjectKind.Other;
        if (!scanner.TryTake((byte)'{'))
        {
            return false;
        }

        var first = true;
        while (scanner.NextMember(ref first, out var name, out _))
        {
            var next = scanner.Peek();
            var read = true;
            if (name.SequenceEqual("usage"u8) && next == '{')
            {
                read = UsageReader.TryRead(ref scanner, out var usage);
                Usage = usage with { IsInputOnly = true };
            }
            else if (!CountsOnly && name.SequenceEqual("model"u8) && next == '"')
            {
                read = scanner.TryString(out var model, out _);
                Model = Encoding.UTF8.GetString(model);
            }
            else
            {
                kind = name.SequenceEqual("error"u8) && next is not ((byte)'n' or (byte)'f') ? ObjectKind.Error
                    : name.SequenceEqual("data"u8) && next == '[' && kind == ObjectKind.Other ? ObjectKind.Answer
                    : kind;
                read = scanner.TrySkipValue();
            }

            if (!read)
            {
                return false;
            }
        }

        return !scanner.Broken && scanner.AtEnd();
    }
}
