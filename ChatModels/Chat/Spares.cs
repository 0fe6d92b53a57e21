using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ChatModels.Chat;

/// <summary>What is used again instead of being made anew: what this thread put away last comes first, since its memory is near, then what others could not keep.</summary>
/// <remarks>Safe for any number of threads. What is put away must be as good as new, and nobody else's any more.</remarks>
internal static class Spares<T> where T : class
{
    private const int MostOfThread = 32;
    private const int MostOfAll = 256;

    private static readonly ConcurrentQueue<T> Shared = new();

    [ThreadStatic]
    private static Stack<T>? _own;

    public static bool TryTake([NotNullWhen(true)] out T? spare)
    {
        spare = null;
        return _own?.TryPop(out spare) is true || Shared.TryDequeue(out spare);
    }

    /// <summary>False where there are enough already: then it is still the caller's.</summary>
    public static bool TryPut(T spare)
    {
        var own = _own ??= new Stack<T>();
        if (own.Count < MostOfThread)
        {
            own.Push(spare);
            return true;
        }

        if (Shared.Count >= MostOfAll)
        {
            return false;
        }

        Shared.Enqueue(spare);
        return true;
    }
}
