using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ChatModels.Batches.Running;

namespace ChatModels.Batches.Input;

/// <summary>Reads an input once, from one end to the other: finds its mistakes, and where its chunks begin.</summary>
internal sealed class InputCheck(string endpoint, IModelNames models, BatchOptions options)
{
    private const int MostMistakes = 100;

    private readonly List<InputChunk> _chunks = [];
    private readonly List<BatchMistake> _mistakes = [];

    // Not the ids themselves: they may be long, and there are many.
    private readonly HashSet<UInt128> _seen = [];
    private InputChunk _chunk;
    private int _lines;

    public InputLayout Layout => new(_chunks);

    public int Lines => _lines;

    public IReadOnlyList<BatchMistake> Mistakes => _mistakes;

    public async Task RunAsync(Stream input, CancellationToken cancellationToken)
    {
        using var reader = new LineReader(input, options.MaxLineBytes);
        var blanks = 0;
        while (_mistakes.Count < MostMistakes && await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsTooLong && IsBlank(reader.Line.Span))
            {
                blanks++; // Fine at the end; anywhere else the next line reports it.
                continue;
            }

            if (blanks > 0)
            {
                Add(new BatchMistake("invalid_json_line", "This line is not parseable as valid JSON.", null, _lines + 1));
                return;
            }

            if (++_lines > options.MaxLines)
            {
                _mistakes.Clear();
                Add(new BatchMistake("too_many_tasks", $"The batch has more than {options.MaxLines} requests; split it.", null, null));
                return;
            }

            Check(reader);
        }

        Close();
        if (_lines == 0)
        {
            Add(new BatchMistake("empty_file", "The input file is empty. Please ensure that the batch contains at least one request.", null, null));
        }
    }

    private void Check(LineReader reader)
    {
        if (reader.IsTooLong)
        {
            Add(new BatchMistake("line_too_large", $"This line is larger than {options.MaxLineBytes} bytes.", null, _lines));
            return;
        }

        if (BatchLine.TryRead(reader.Line, endpoint, out var line) is { } mistake)
        {
            Add(mistake with { Line = _lines });
        }
        else if (!_seen.Add(Fingerprint(BatchLine.Text(line.CustomId)!)))
        {
            Add(new BatchMistake("duplicate_custom_id", "This 'custom_id' is that of an earlier line; each must be unique in its batch.", "custom_id", _lines));
        }
        else if (!models.Exists(line.Model))
        {
            Add(new BatchMistake("model_not_found", $"The model '{Shortened(line.Model)}' does not exist; GET /v1/models lists those that do.", "body.model", _lines));
        }

        Place(reader.Offset, reader.Line.Length);
    }

    private void Place(long offset, int length)
    {
        if (_chunk.Lines == options.ChunkLines || (_chunk.Lines > 0 && offset + length - _chunk.Offset > options.ChunkBytes))
        {
            Close();
        }

        _chunk = _chunk.Lines == 0 ? new InputChunk(_chunks.Count, offset, _lines - 1, 1) : _chunk with { Lines = _chunk.Lines + 1 };
    }

    private void Close()
    {
        if (_chunk.Lines > 0)
        {
            _chunks.Add(_chunk);
            _chunk = default;
        }
    }

    private void Add(BatchMistake mistake) => _mistakes.Add(mistake);

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;

    private static UInt128 Fingerprint(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    private static string Shortened(string name) => name.Length <= 128 ? name : string.Concat(name.AsSpan(0, 128), "...");
}
