using System.Text;
using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>A member of the log: the write's stamp, a colon (which no stamp has), the entry.</summary>
internal readonly record struct LogMember(string Stamp, ReadOnlyMemory<byte> Entry)
{
    public static LogMember Parse(RedisValue value, RegistryKeys keys)
    {
        var member = (ReadOnlyMemory<byte>)value;
        var colon = member.Span.IndexOf((byte)':');
        return colon > 0
            ? new LogMember(Encoding.UTF8.GetString(member.Span[..colon]), member[(colon + 1)..])
            : throw new StoreUnavailableException(
                $"A member of {keys.Log} is not a log entry (stamp:entry). Something else writes to this key; delete it: only history is lost.");
    }

    public RedisValue ToRedisValue()
    {
        var stamp = Encoding.UTF8.GetByteCount(Stamp);
        var member = new byte[stamp + 1 + Entry.Length];
        Encoding.UTF8.GetBytes(Stamp, member);
        member[stamp] = (byte)':';
        Entry.Span.CopyTo(member.AsSpan(stamp + 1));
        return member;
    }
}
