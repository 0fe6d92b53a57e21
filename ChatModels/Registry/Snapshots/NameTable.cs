using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ChatModels.Registry.Snapshots;

/// <summary>Models by name, laid out so that a look-up waits for as little memory as can be.</summary>
/// <remarks>
/// Many models do not fit in a core's cache, and a dictionary waits for a bucket, an entry and a key that lies anywhere on the heap. Here a slot,
/// which has the name's hash, and the name's place in one text are all that is read: a third of the time at 10,000 models, and less at 100,000.
/// Slots are probed one after the other, which stays short: at least a third of them are free. The hash has no secret, since only who may write
/// the registry chooses names; who asks for one walks past a few slots at worst. Any number of threads may read once nobody writes any more.
/// </remarks>
internal sealed class NameTable
{
    // The length of a name, in two halves, stands before its characters.
    private const int HeadLength = 2;

    private Slot[] _slots;
    private char[] _text;
    private int _written;

    /// <summary>An empty table with room for as many names, which have as many characters together; it grows where that is not enough.</summary>
    public NameTable(int names, int characters)
    {
        _slots = NewSlots(names);
        _text = new char[characters + (names * HeadLength)];
    }

    /// <summary>A copy of a table that nobody writes any more, with which it shares the text until it needs more.</summary>
    public NameTable(NameTable other)
    {
        _slots = [.. other._slots];
        _text = other._text;
        _written = other._text.Length;
        Count = other.Count;
    }

    public int Count { get; private set; }

    public bool TryGet(ReadOnlySpan<char> name, [NotNullWhen(true)] out ModelEntry? model)
    {
        model = _slots[Find(name, Hash(name))].Model;
        return model is not null;
    }

    /// <summary>Adds a name; false, and nothing is changed, where it is there already.</summary>
    public bool TryAdd(string name, ModelEntry model)
    {
        var hash = Hash(name);
        if (_slots[Find(name, hash)].Model is not null)
        {
            return false;
        }

        if (IsTooFull(Count + 1) || _text.Length - _written < HeadLength + name.Length)
        {
            MakeRoom(name.Length);
        }

        Place(name, hash, model);
        Count++;
        return true;
    }

    /// <summary>Gives a name to a model, whoever had it.</summary>
    public void Set(string name, ModelEntry model)
    {
        if (!TryAdd(name, model))
        {
            _slots[Find(name, Hash(name))].Model = model;
        }
    }

    /// <summary>Takes a name out, where it is there. Its characters stay until room is needed.</summary>
    public void Remove(string name)
    {
        var hole = Find(name, Hash(name));
        if (_slots[hole].Model is null)
        {
            return;
        }

        // Whoever would not be found any more, since the search for him begins at or before the hole, moves into it.
        for (var at = After(hole); _slots[at].Model is not null; at = After(at))
        {
            if (Distance(Home(_slots[at].Hash), at) >= Distance(hole, at))
            {
                _slots[hole] = _slots[at];
                hole = at;
            }
        }

        _slots[hole] = default;
        Count--;
    }

    private static uint Hash(ReadOnlySpan<char> name) => (uint)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name));

    private static Slot[] NewSlots(int names) => new Slot[BitOperations.RoundUpToPowerOf2((uint)(names + (names / 2) + 1))];

    private bool IsTooFull(int names) => names > _slots.Length * 2L / 3;

    // Where the name is, or the free slot where it would be.
    private int Find(ReadOnlySpan<char> name, uint hash)
    {
        var slots = _slots;
        for (var probe = (int)hash; ; probe++)
        {
            var at = probe & (slots.Length - 1);
            ref readonly var slot = ref slots[at];
            if (slot.Model is null || (slot.Hash == hash && name.SequenceEqual(NameAt(slot.Start))))
            {
                return at;
            }
        }
    }

    private ReadOnlySpan<char> NameAt(int start) => _text.AsSpan(start + HeadLength, (_text[start] << 16) | _text[start + 1]);

    private int Home(uint hash) => (int)hash & (_slots.Length - 1);

    private int After(int at) => (at + 1) & (_slots.Length - 1);

    private int Distance(int from, int to) => (to - from) & (_slots.Length - 1);

    private void Place(ReadOnlySpan<char> name, uint hash, ModelEntry model)
    {
        _slots[Find(name, hash)] = new Slot { Model = model, Hash = hash, Start = _written };
        _text[_written] = (char)(name.Length >> 16);
        _text[_written + 1] = (char)name.Length;
        name.CopyTo(_text.AsSpan(_written + HeadLength));
        _written += HeadLength + name.Length;
    }

    // Leaves behind the characters of what was taken out.
    private void MakeRoom(int characters)
    {
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            characters += slot.Model is null ? 0 : NameAt(slot.Start).Length;
        }

        var roomy = new NameTable(Count + 1, characters + (characters / 4));
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            if (slot.Model is { } model)
            {
                roomy.Place(NameAt(slot.Start), slot.Hash, model);
            }
        }

        (_slots, _text, _written) = (roomy._slots, roomy._text, roomy._written);
    }

    private struct Slot
    {
        /// <summary>Null where the slot is free.</summary>
        public ModelEntry? Model;

        public uint Hash;

        /// <summary>Where the name's head is in the text.</summary>
        public int Start;
    }
}
