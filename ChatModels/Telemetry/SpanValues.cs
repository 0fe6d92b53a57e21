namespace ChatModels.Telemetry;

/// <summary>Values that most spans have, as the objects that spans take: boxed once.</summary>
internal static class SpanValues
{
    private static readonly object Ok = 200;
    private static readonly object[] Small = [.. Enumerable.Range(0, 8).Select(number => (object)number)];
    private static readonly object[] Counts = [.. Enumerable.Range(0, 256).Select(count => (object)(long)count)];

    public static object True { get; } = true;

    /// <summary>A count of tokens.</summary>
    public static object Of(long count) => (ulong)count < (ulong)Counts.Length ? Counts[count] : count;

    public static object Of(int number) => (uint)number < Small.Length ? Small[number] : number == 200 ? Ok : number;
}
