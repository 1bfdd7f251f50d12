namespace AktoDivert.Guardrails.Json;

/// <summary>The values of an array, or of an object, in order.</summary>
internal readonly struct JsonItems(JsonTree tree, int first)
{
    /// <summary>Goes through them.</summary>
    public Enumerator GetEnumerator() => new(tree, first);

    /// <summary>A place among them.</summary>
    public struct Enumerator(JsonTree tree, int next)
    {
        /// <summary>The value's index in its tree.</summary>
        public int Current { get; private set; } = -1;

        /// <summary>Goes to the next value; false after the last.</summary>
        public bool MoveNext()
        {
            if (next < 0)
            {
                return false;
            }

            Current = next;
            next = tree.Next(next);
            return true;
        }
    }
}
