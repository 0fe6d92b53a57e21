using System.Text;
using ChatModels.Providers;

namespace ChatModels.Chat;

/// <summary>What is read in passing of an answer, whole or chunk by chunk: enough to measure it and to tell a finished one from a cut one.</summary>
internal partial struct AnswerFacts
{
    private const int MostReasons = 128;
    private const int LongestReason = 64;

    private static readonly string[] Stopped = ["stop"];

    // n is at most 128 in OpenAI's API.
    private UInt128 _started;
    private UInt128 _finished;

    /// <summary>Whether nobody will ask for the texts: id, model and finish reasons are strings that only a span shows.</summary>
    public bool CountsOnly { get; init; }

    public string? Id { get; private set; }

    public string? Model { get; private set; }

    public TokenUsage? Usage { get; private set; }

    public string[]? FinishReasons { get; private set; }

    /// <summary>Whether content has come: any non-empty delta other than the role, in any choice, or a finish reason.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether a choice has begun and has no finish reason yet.</summary>
    public readonly bool IsUnfinished => (_started & ~_finished) != 0;

    /// <summary>Reads one JSON object in an operation's wire format: a whole answer, a chunk or an event. False when it is not one.</summary>
    public bool TryRead(UpstreamOperation operation, ReadOnlySpan<byte> json, out ObjectKind kind) => operation switch
    {
        UpstreamOperation.Messages => TryReadMessage(json, out kind),
        UpstreamOperation.Embeddings => TryReadEmbeddings(json, out kind),
        UpstreamOperation.CountTokens => TryReadCount(json, out kind),
        _ => TryRead(json, out kind),
    };

    /// <summary>Reads what the end of an answer says that was too long to be read whole.</summary>
    public void Read(AnswerTail tail, UpstreamOperation operation) => Usage = tail.ReadUsage(operation);

    /// <summary>Reads one JSON object of OpenAI's: a whole answer or a chunk. False when it is not one.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out ObjectKind kind)
    {
        var scanner = new JsonScanner(json);
        var choices = -1;
        var hasUsage = false;
        var hasError = false;
        kind = ObjectKind.Other;
        if (!scanner.TryTake((byte)'{'))
        {
            return false;
        }

        var first = true;
        while (scanner.NextMember(ref first, out var name, out _))
        {
            var read = true;
            if (name.SequenceEqual("choices"u8) && scanner.Peek() == '[')
            {
                read = TryReadChoices(ref scanner, out choices);
            }
            else if (name.SequenceEqual("usage"u8) && scanner.Peek() == '{')
            {
                read = hasUsage = UsageReader.TryRead(ref scanner, out var usage);
                Usage = usage;
            }
            else if (name.SequenceEqual("error"u8))
            {
                hasError = scanner.Peek() is not ((byte)'n' or (byte)'f');
                read = scanner.TrySkipValue();
            }
            else if (Id is null && !CountsOnly && name.SequenceEqual("id"u8) && scanner.Peek() == '"')
            {
                read = scanner.TryString(out var id, out _);
                Id = Encoding.UTF8.GetString(id);
            }
            else if (Model is null && !CountsOnly && name.SequenceEqual("model"u8) && scanner.Peek() == '"')
            {
                read = scanner.TryString(out var model, out _);
                Model = Encoding.UTF8.GetString(model);
            }
            else
            {
                read = scanner.TrySkipValue();
            }

            if (!read)
            {
                return false;
            }
        }

        kind = hasError ? ObjectKind.Error : choices == 0 && hasUsage ? ObjectKind.UsageOnly : choices >= 0 ? ObjectKind.Answer : ObjectKind.Other;
        return !scanner.Broken && scanner.AtEnd();
    }

    private bool TryReadChoices(ref JsonScanner scanner, out int count)
    {
        count = 0;
        var first = true;
        scanner.TryTake((byte)'[');
        while (scanner.NextItem(ref first, (byte)']'))
        {
            if (!TryReadChoice(ref scanner, count++))
            {
                return false;
            }
        }

        return !scanner.Broken;
    }

    private bool TryReadChoice(ref JsonScanner scanner, int position)
    {
        var index = position;
        var finished = false;
        if (!scanner.TryTake((byte)'{'))
        {
            return false;
        }

        var first = true;
        while (scanner.NextMember(ref first, out var name, out _))
        {
            if (name.SequenceEqual("delta"u8) && scanner.Peek() == '{')
            {
                HasContent |= HasNonEmptyMember(ref scanner);
                if (scanner.Broken)
                {
                    return false;
                }
            }
            else if (name.SequenceEqual("finish_reason"u8) && scanner.Peek() == '"')
            {
                if (!scanner.TryString(out var reason, out _))
                {
                    return false;
                }

                finished = true;
                if (!CountsOnly)
                {
                    Finish(reason);
                }
            }
            else if (name.SequenceEqual("index"u8))
            {
                if (!scanner.TryReadInteger(out var given))
                {
                    return false;
                }

                index = (int)long.Clamp(given ?? position, 0, 127);
            }
            else if (!scanner.TrySkipValue())
            {
                return false;
            }
        }

        HasContent |= finished;
        _started |= UInt128.One << index;
        _finished |= finished ? UInt128.One << index : 0;
        return !scanner.Broken;
    }

    /// <summary>Walks a delta; the role alone is no content, nor are nulls, empty strings and empty collections.</summary>
    private static bool HasNonEmptyMember(ref JsonScanner scanner)
    {
        var any = false;
        var first = true;
        scanner.TryTake((byte)'{');
        while (scanner.NextMember(ref first, out var name, out _))
        {
            var kind = scanner.Peek();
            var start = scanner.Position;
            if (!scanner.TrySkipValue())
            {
                scanner.Break();
                return false;
            }

            any |= !name.SequenceEqual("role"u8) && kind != 'n' && scanner.Position - start > 2;
        }

        return any;
    }

    // Nearly all answers have one reason, and it is the same.
    private void Finish(ReadOnlySpan<byte> reason)
    {
        if (FinishReasons is null && reason.SequenceEqual("stop"u8))
        {
            FinishReasons = Stopped;
        }
        else if (FinishReasons is not { Length: >= MostReasons })
        {
            FinishReasons = [.. FinishReasons ?? [], Encoding.UTF8.GetString(reason[..int.Min(reason.Length, LongestReason)])];
        }
    }
}
