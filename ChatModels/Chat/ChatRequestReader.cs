using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ChatModels.Chat;

/// <summary>Reads the few fields of a chat request that the path needs, in one pass, and checks the whole body's grammar on the way.</summary>
internal ref partial struct ChatRequestReader
{
    private readonly ChatCall _call;
    private readonly ReadOnlyMemory<byte> _body;
    private JsonScanner _json;
    private int _seen;
    private string? _model;
    private ByteRange _modelToken;
    private ByteRange _prompt;
    private bool _stream;
    private bool _hasTools;
    private bool _hasImages;
    private bool _hasAudio;
    private StreamOptions _streamOptions;

    private ChatRequestReader(in ChatCall call, ReadOnlyMemory<byte> body)
    {
        _call = call;
        _body = body;
        _json = new JsonScanner(body.Span);
    }

    /// <summary>Reads a request, or says what is wrong with it: exactly one of the two is null.</summary>
    public static ChatRequest? TryRead(in ChatCall call, out ChatFailure? failure)
    {
        // Some editors and shells put a byte order mark in front; JSON has none, and upstreams refuse it.
        var body = call.Body.Span.StartsWith("\uFEFF"u8) ? call.Body[3..] : call.Body;
        failure = Utf8.IsValid(body.Span) ? null : Invalid("The body is not valid UTF-8.");
        return failure is null ? new ChatRequestReader(call, body).Read(out failure) : null;
    }

    private ChatRequest? Read(out ChatFailure? failure)
    {
        failure = ReadMembers(out var firstMember) ?? CheckRequired();
        return failure is not null ? null : new ChatRequest
        {
            Call = _call,
            Body = _body,
            Model = _model!,
            ModelToken = _modelToken,
            FirstMember = firstMember,
            Prompt = _prompt,
            Stream = _stream,
            HasTools = _hasTools,
            HasImages = _hasImages,
            HasAudio = _hasAudio,
            StreamOptions = _streamOptions,
        };
    }

    private ChatFailure? ReadMembers(out int firstMember)
    {
        var opened = _json.TryTake((byte)'{');
        firstMember = _json.Position;
        if (!opened)
        {
            return _json.AtEnd() ? Invalid($"The body is empty; send a JSON object with 'model' and '{Names[Prompt]}'.") : Malformed($"a JSON object with 'model' and '{Names[Prompt]}' was expected");
        }

        var first = true;
        while (_json.NextMember(ref first, out var name, out var escaped))
        {
            if (ReadMember(escaped ? Unescape(name) : name) is { } failure)
            {
                return failure;
            }
        }

        return _json.Broken ? Malformed("a field's name in quotes, a colon, a comma or the closing brace was expected")
            : _json.AtEnd() ? null
            : Malformed("nothing may follow the JSON object");
    }

    private ChatFailure? ReadMember(scoped ReadOnlySpan<byte> name)
    {
        var field = IndexOf(name);
        if (field < 0 || !IsRead(field))
        {
            return _json.TrySkipValue() ? null : MalformedValue(name);
        }

        // Of a repeated field upstreams take the last, some the first: nobody may be routed by one and billed by the other.
        if ((_seen & (1 << field)) != 0)
        {
            return Invalid($"The field '{Names[field]}' is given more than once; give it once.", Names[field]);
        }

        _seen |= 1 << field;
        var first = _json.Peek();
        var start = _json.Position;
        var wellFormed = field == 3 && first == '{' ? ReadStreamOptions(start) : field == 1 && first == '[' ? TryReadMessages() : _json.TrySkipValue();
        return wellFormed ? Keep(field, first, new ByteRange(start, _json.Position - start)) : MalformedValue(name);
    }

    private ChatFailure? Keep(int field, byte first, ByteRange token)
    {
        _prompt = field == Prompt ? token : _prompt;
        switch (field)
        {
            case 0:
                _modelToken = token;
                _model = first == '"' ? Text(_body.Span.Slice(token.Offset, token.Length)) : null;
                return _model is { Length: > 0 } ? null : Invalid("'model' must be a non-empty string: the name of a model, as GET /v1/models lists them.", "model");
            case 1:
                return first == '[' ? null : Invalid("'messages' must be an array of messages.", "messages");
            case 2:
                _stream = first == 't';
                return first is (byte)'t' or (byte)'f' or (byte)'n' ? null : Invalid("'stream' must be true or false.", "stream");
            case 3:
                _streamOptions = first == '{' ? _streamOptions : new StreamOptions(token, IsObject: false, IsEmpty: false, default, IncludeUsage: false);
                return first is (byte)'{' or (byte)'n' ? null : Invalid("'stream_options' must be an object.", "stream_options");
            case 5:
                return first is (byte)'"' or (byte)'[' ? null : Invalid("'input' must be a string, or an array of strings or tokens.", "input");
            default:
                _hasTools = first == '[' && !_body.Span.Slice(token.Offset + 1, token.Length - 2).Trim(" \r\n\t"u8).IsEmpty;
                return first is (byte)'[' or (byte)'n' ? null : Invalid("'tools' must be an array of tools.", "tools");
        }
    }

    private bool ReadStreamOptions(int start)
    {
        ByteRange includeUsage = default;
        _json.TryTake((byte)'{');
        var first = true;
        while (_json.NextMember(ref first, out var name, out _))
        {
            _json.Peek();
            var valueStart = _json.Position;
            if (!_json.TrySkipValue())
            {
                return false;
            }

            if (name.SequenceEqual("include_usage"u8))
            {
                includeUsage = new ByteRange(valueStart, _json.Position - valueStart);
            }
        }

        var asked = includeUsage.Length > 0 && _body.Span[includeUsage.Offset] == 't';
        _streamOptions = new StreamOptions(new ByteRange(start, _json.Position - start), IsObject: true, IsEmpty: first, includeUsage, asked);
        return !_json.Broken;
    }

    private readonly ChatFailure? CheckRequired()
    {
        var prompt = Prompt == 5 ? "give a string, or an array of strings or tokens" : "give an array of messages";
        foreach (var (field, cure) in (ReadOnlySpan<(int, string)>)[(0, "name a model, as GET /v1/models lists them"), (Prompt, prompt)])
        {
            if ((_seen & (1 << field)) == 0)
            {
                return Invalid($"The field '{Names[field]}' is missing; {cure}.", Names[field]);
            }
        }

        return null;
    }

    /// <summary>A name with escapes, as it reads without them; one that can't be read is nobody's field.</summary>
    private static ReadOnlySpan<byte> Unescape(scoped ReadOnlySpan<byte> name) => Encoding.UTF8.GetBytes(Text([(byte)'"', .. name, (byte)'"']) ?? "");

    /// <summary>The text of a string token; null where an escape is half of a surrogate pair.</summary>
    private static string? Text(ReadOnlySpan<byte> token)
    {
        var reader = new Utf8JsonReader(token);
        try
        {
            reader.Read();
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private readonly ChatFailure MalformedValue(scoped ReadOnlySpan<byte> name) =>
        Malformed($"the value of '{Encoding.UTF8.GetString(name.Length > 64 ? name[..64] : name)}' is not valid JSON, or nests deeper than {JsonScanner.MaxDepth}");

    private readonly ChatFailure Malformed(string expected) => Invalid($"The body is not valid JSON: at byte {_json.Position}, {expected}.");

    private static ChatFailure Invalid(string message, string? param = null) => new(ErrorCodes.InvalidRequest, 400, message) { Param = param };
}
