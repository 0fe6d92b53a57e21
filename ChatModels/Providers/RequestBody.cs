using System.Buffers;
using System.Runtime.CompilerServices;

namespace ChatModels.Providers;

/// <summary>A JSON body as the caller sent it, with a few places replaced; the original bytes are never copied or changed.</summary>
/// <remarks>The bytes belong to whoever made it and must stay as they are until the request has ended.</remarks>
public sealed class RequestBody
{
    private readonly ReadOnlyMemory<byte> _original;
    private readonly BodyEdit[] _edits;
    private int _writers;

    /// <summary>A body without replacements.</summary>
    public RequestBody(ReadOnlyMemory<byte> original)
        : this(original, [])
    {
    }

    /// <summary><paramref name="edits"/> are ordered by offset and do not overlap.</summary>
    internal RequestBody(ReadOnlyMemory<byte> original, BodyEdit[] edits)
    {
        _original = original;
        _edits = edits;
        Length = original.Length;
        foreach (var edit in edits)
        {
            Length += edit.Replacement.Length - edit.Length;
        }
    }

    /// <summary>Bytes in all, after the replacements.</summary>
    public int Length { get; }

    /// <summary>Whether a transport is writing it at this moment. An upstream that answers before it has read everything (HTTP/2) leaves it so.</summary>
    /// <remarks>Asked by the bytes' owner once a request has ended well, before it uses them for something else. After a failed or cancelled request it must not use them again at all.</remarks>
    internal bool IsBeingWritten => Volatile.Read(ref _writers) != 0;

    /// <summary>Writes the body, after the replacements, to <paramref name="output"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteToAsync(Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        Interlocked.Increment(ref _writers);
        try
        {
            var position = 0;
            foreach (var edit in _edits)
            {
                await output.WriteAsync(_original[position..edit.Offset], cancellationToken);
                await output.WriteAsync(edit.Replacement, cancellationToken);
                position = edit.Offset + edit.Length;
            }

            await output.WriteAsync(_original[position..], cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _writers);
        }
    }

    /// <summary>Writes the body, after the replacements, to <paramref name="output"/>.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var position = 0;
        foreach (var edit in _edits)
        {
            output.Write(_original.Span[position..edit.Offset]);
            output.Write(edit.Replacement.Span);
            position = edit.Offset + edit.Length;
        }

        output.Write(_original.Span[position..]);
    }

    /// <summary>Copies the body, after the replacements, to the beginning of <paramref name="output"/>, which has room for <see cref="Length"/> bytes.</summary>
    internal void CopyTo(Span<byte> output)
    {
        var position = 0;
        foreach (var edit in _edits)
        {
            output = Put(output, _original.Span[position..edit.Offset]);
            output = Put(output, edit.Replacement.Span);
            position = edit.Offset + edit.Length;
        }

        Put(output, _original.Span[position..]);
    }

    private static Span<byte> Put(Span<byte> output, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output);
        return output[bytes.Length..];
    }
}

/// <summary>Puts <paramref name="Replacement"/> in the place of <paramref name="Length"/> bytes at <paramref name="Offset"/>.</summary>
internal readonly record struct BodyEdit(int Offset, int Length, ReadOnlyMemory<byte> Replacement);
